// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { Filter } from "./Filter";

/**
 * What a front end looks at. It sends a new one whenever the user scrolls or selects.
 */
export type Look = { 
/**
 * Which jobs.
 */
filter: Filter, 
/**
 * Only those of this batch, whatever the filter.
 */
batch: string | null, 
/**
 * The first row wanted.
 */
offset: number, 
/**
 * How many rows, at most 500.
 */
limit: number, 
/**
 * The job whose details are open.
 */
selected: string | null, 
/**
 * Hidden: nothing is sent until a new look.
 */
hidden: boolean, };
