// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * What can be done with a job now, in the order in which buttons and menu show it.
 */
export type Action = "pause" | "resume" | "stop-now" | "retry" | "copy-link" | "replace-key" | "overwrite" | "keep-both" | "skip" | "mark-arrived" | "send-again" | "show-file" | "cancel" | "remove";
