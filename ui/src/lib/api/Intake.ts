// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * Files that were dropped before there was a destination: kept while one is set up.
 */
export type Intake = { 
/**
 * Files or folders named.
 */
paths: number, };
