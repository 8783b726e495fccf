// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { IfExists } from "./IfExists";

/**
 * What a notice's button does.
 */
export type NoticeAction = { "act": "replace-key", 
/**
 * The destination.
 */
destination: string, } | { "act": "unlock-keychain" } | { "act": "dismiss", 
/**
 * Its id.
 */
notice: string, } | { "act": "diagnostics" } | { "act": "settle-name", 
/**
 * The batch.
 */
batch: string, 
/**
 * How.
 */
how: IfExists, };
