// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { DestinationState } from "./DestinationState";
import type { FieldsDraft } from "./FieldsDraft";

/**
 * A destination.
 */
export type DestinationView = { 
/**
 * Its id.
 */
id: string, 
/**
 * The user's name for it.
 */
name: string, 
/**
 * Its [`KindView::kind`](crate::KindView::kind), or "practice".
 */
kind: string, 
/**
 * Its [`KindView::name`](crate::KindView::name), or "This computer only".
 */
kind_name: string, 
/**
 * How it is doing.
 */
state: DestinationState, 
/**
 * "Key refused" and the like; `None` where there is nothing to say.
 */
said: string | null, 
/**
 * What has to be known of its service; `None` where there is nothing.
 */
note: string | null, 
/**
 * Whether it is *Practice*.
 */
practice: boolean, 
/**
 * Where its key is: "system keychain", "this session only", "environment variable NAME", "was for one session, needed again".
 */
key_kept: string, 
/**
 * The server's address.
 */
url: string, 
/**
 * What was given of its kind's settings, by their names. No key is among them.
 */
settings: { [key in string]: string }, 
/**
 * Defaults for its files.
 */
fields: FieldsDraft, 
/**
 * What can be set for its files, by its name in [`FieldsDraft`].
 */
file_fields: Array<string>, 
/**
 * Whether new files go there.
 */
chosen: boolean, 
/**
 * The folder that new files go to: what the user chose last, else the default.
 */
folder_now: string | null, };
