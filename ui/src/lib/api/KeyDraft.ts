// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * The key of a destination.
 */
export type KeyDraft = { "from": "keychain", key: string, secret: string | null, session_token: string | null, } | { "from": "this-session", key: string, secret: string | null, session_token: string | null, } | { "from": "environment", variable: string, secret_variable: string | null, session_token_variable: string | null, } | { "from": "chain", profile: string | null, };
