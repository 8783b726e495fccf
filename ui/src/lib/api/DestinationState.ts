// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * How a destination is doing.
 */
export type DestinationState = "good" | "unknown" | "key-refused" | "key-missing";
