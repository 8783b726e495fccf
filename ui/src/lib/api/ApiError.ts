// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { Code } from "./Code";

/**
 * What happened, why, and what to do; ready to be shown.
 */
export type ApiError = { 
/**
 * For branching.
 */
code: Code, 
/**
 * What happened and why.
 */
message: string, 
/**
 * What the user can do.
 */
hint: string | null, 
/**
 * The form's field that it is about.
 */
field: string | null, };
