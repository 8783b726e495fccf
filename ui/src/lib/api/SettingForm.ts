// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { Choice } from "./Choice";

/**
 * How a setting is asked.
 */
export type SettingForm = { "as": "text", 
/**
 * Shown while it is empty: the default, or an example.
 */
placeholder: string, } | { "as": "choice", 
/**
 * What can be chosen.
 */
choices: Array<Choice>, } | { "as": "switch" } | { "as": "lines", 
/**
 * Shown while it is empty: how it begins.
 */
placeholder: string, };
