// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * One reason to wait. The names are those `partwayctl list --json` prints.
 */
export type HoldName = "user" | "countdown" | "offline" | "credentials" | "source-missing" | "schedule" | "throttled" | "drive-silent" | "unread" | "in-use" | "fetching";
