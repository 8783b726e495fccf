// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { SettingView } from "./SettingView";

/**
 * What a destination can be made for: what is asked, in the order in which it is asked.
 */
export type KindView = { 
/**
 * Its name on the command line.
 */
kind: string, 
/**
 * Its name for people.
 */
name: string, 
/**
 * What it is, in two or three words.
 */
about: string, 
/**
 * What the key is called there: "API key", "Access key id".
 */
key_label: string, 
/**
 * Where to find the key, as a sentence.
 */
key_help: string, 
/**
 * What the key's other half is called, where it has two. Only such a kind takes a session token, too.
 */
secret_label: string | null, 
/**
 * What else is asked.
 */
settings: Array<SettingView>, 
/**
 * What can be set for each file, by its name in [`FieldsDraft`](crate::FieldsDraft).
 */
file_fields: Array<string>, 
/**
 * What cannot be known of it, a sentence each.
 */
cannot_know: Array<string>, };
