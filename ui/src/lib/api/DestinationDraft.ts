// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { FieldsDraft } from "./FieldsDraft";

/**
 * A destination to be made.
 */
export type DestinationDraft = { 
/**
 * The user's name for it.
 */
name: string, 
/**
 * "autorender".
 */
kind: string, 
/**
 * The server's address; `None`: the vendor's.
 */
url: string | null, 
/**
 * "bearer" or "x-api-key", where the vendor takes several; `None`: the documented one.
 */
auth: string | null, 
/**
 * Defaults for its files.
 */
fields: FieldsDraft, };
