// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * A code exists only where a front end branches on it.
 */
export type Code = "refused" | "field" | "keychain" | "keychain-locked" | "no-destination" | "internal";
