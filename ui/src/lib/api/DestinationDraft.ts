// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { FieldsDraft } from "./FieldsDraft";

/**
 * A destination to be made.
 */
export type DestinationDraft = { 
/**
 * The user's name for it.
 */
name: string, 
/**
 * Its [`KindView::kind`](crate::KindView::kind).
 */
kind: string, 
/**
 * What was given of its kind's settings, by their names. What is left out or empty has its default.
 */
settings: { [key in string]: string }, 
/**
 * Defaults for its files.
 */
fields: FieldsDraft, };
