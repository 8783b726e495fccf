// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { Filter } from "./Filter";

/**
 * Where the window is to go, as a button outside of it said.
 */
export type Visit = { 
/**
 * What the list shows.
 */
filter: Filter, 
/**
 * Only this batch.
 */
batch: string | null, 
/**
 * The destination whose key is asked for.
 */
replace_key: string | null, };
