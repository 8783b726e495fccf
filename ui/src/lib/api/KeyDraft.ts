// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * A key on its way in. It has no way out: no view holds one.
 */
export type KeyDraft = { "from": "keychain", key: string, } | { "from": "this-session", key: string, } | { "from": "environment", variable: string, };
