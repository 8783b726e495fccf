// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * Where a job is. Every value is listed in docs/states.md.
 */
export type StateName = "waiting" | "checking" | "uploading" | "finishing" | "uploaded" | "verified" | "needs-attention" | "cancelling" | "cancelled";
