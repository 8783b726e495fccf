// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * What a notice's button does.
 */
export type NoticeAction = { "act": "replace-key", "id": string } | { "act": "add-destination" } | { "act": "dismiss", "id": string };
