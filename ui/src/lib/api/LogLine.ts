// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * One line of what happened.
 */
export type LogLine = { 
/**
 * Unix milliseconds.
 */
at: number, 
/**
 * The sentence.
 */
text: string, };
