// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * One value of a setting that has a few.
 */
export type Choice = { 
/**
 * What is sent.
 */
value: string, 
/**
 * What is shown.
 */
label: string, };
