// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * What to do where the destination has something of that name already.
 */
export type IfExists = "ask" | "overwrite" | "rename" | "skip";
