// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * What is told by notifications.
 */
export type Notify = "all" | "needs" | "never";
