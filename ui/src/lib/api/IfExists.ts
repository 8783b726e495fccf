// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * What to do if the name is taken at the destination.
 */
export type IfExists = "ask" | "overwrite" | "rename" | "skip";
