// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { FieldsDraft } from "./FieldsDraft";
export type WatchedView = { id: string, path: string, destination: string, to: string, fields: FieldsDraft, done: string | null, watching: boolean, watched: boolean, state: string, bad: boolean, };
