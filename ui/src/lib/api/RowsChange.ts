// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { JobRow } from "./JobRow";

/**
 * The rows of the window looked at.
 */
export type RowsChange = { 
/**
 * How many rows the filter has in all.
 */
total: number, 
/**
 * The index of the first id below.
 */
offset: number, 
/**
 * The ids of the window, in order.
 */
order: Array<string>, 
/**
 * Those rows of the window that changed since the last message to this front end.
 */
changed: Array<JobRow>, };
