// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * Which jobs the list shows.
 */
export type Filter = "all" | "uploading" | "waiting" | "paused" | "needs-attention" | "verified";
