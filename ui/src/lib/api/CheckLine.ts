// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { Mark } from "./Mark";

/**
 * One line of a destination's test.
 */
export type CheckLine = { 
/**
 * What it is about: "typed" (what is kept otherwise than it was typed), "host", "clock", "key", "kept" (where the key is), "upload".
 */
about: string, 
/**
 * How it came out.
 */
mark: Mark, 
/**
 * The sentence; where it is bad, with what to do.
 */
text: string, 
/**
 * It is bad because the destination said no, which does not pass by itself.
 */
refused: boolean, };
