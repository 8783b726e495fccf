// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * Defaults for the files of a destination.
 */
export type FieldsDraft = { 
/**
 * Folder at the destination.
 */
folder: string | null, 
/**
 * Tags.
 */
tags: Array<string>, 
/**
 * Free metadata.
 */
metadata: { [key in string]: string }, 
/**
 * The client's own id.
 */
custom_id: string | null, 
/**
 * Random characters before the name.
 */
random_prefix: boolean | null, 
/**
 * How long a session shall live, seconds.
 */
ttl_seconds: number | null, };
