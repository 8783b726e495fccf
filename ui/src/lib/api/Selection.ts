// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * Which jobs a command is about.
 */
export type Selection = { "of": "job", "id": string } | { "of": "batch", "id": string } | { "of": "all" };
