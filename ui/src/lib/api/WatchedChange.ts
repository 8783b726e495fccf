// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { FieldsDraft } from "./FieldsDraft";

/**
 * What is changed of a watched folder; what is `None` stays as it is.
 */
export type WatchedChange = { 
/**
 * Name or id of the destination.
 */
destination: string | null, 
/**
 * What is set for its files.
 */
fields: FieldsDraft | null, 
/**
 * Switch it on or off.
 */
watching: boolean | null, 
/**
 * Verified files stay where they are from now on.
 */
stay: boolean, };
