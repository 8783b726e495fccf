// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { FieldsDraft } from "./FieldsDraft";

/**
 * A watched folder.
 */
export type WatchedView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Where it is, to be shown.
 */
path: string, 
/**
 * The destination's id.
 */
destination: string, 
/**
 * "New files go to Acme media, uploads/finals · 2 tags".
 */
to: string, 
/**
 * What is set for its files; what is not is as the destination has it.
 */
fields: FieldsDraft, 
/**
 * Where verified files are moved; `None`: they stay.
 */
done: string | null, 
/**
 * Whether it is switched on.
 */
watching: boolean, 
/**
 * Whether it is watched at present: it is not where it is switched off, and where only a command looks at the journal.
 */
watched: boolean, 
/**
 * How it stands: "Watching", "3 files still growing".
 */
state: string, 
/**
 * Whether that needs a person.
 */
bad: boolean, };
