// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * Why a job waits. Every value is listed in docs/states.md.
 */
export type HoldName = "user" | "countdown" | "offline" | "credentials" | "source-missing" | "schedule" | "throttled" | "drive-silent" | "unread";
