// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * How many jobs each filter shows.
 */
export type Counts = { 
/**
 * All.
 */
all: number, 
/**
 * Uploading.
 */
uploading: number, 
/**
 * Waiting.
 */
waiting: number, 
/**
 * Paused.
 */
paused: number, 
/**
 * Needs attention.
 */
needs_attention: number, 
/**
 * Verified.
 */
verified: number, };
