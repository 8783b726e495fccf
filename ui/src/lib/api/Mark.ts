// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * The mark of one line of a test.
 */
export type Mark = "good" | "bad" | "unknown";
