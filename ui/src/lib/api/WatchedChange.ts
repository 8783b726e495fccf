// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { FieldsDraft } from "./FieldsDraft";
export type WatchedChange = { destination: string | null, fields: FieldsDraft | null, watching: boolean | null, stay: boolean, };
