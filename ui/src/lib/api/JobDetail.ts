// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { Fact } from "./Fact";
import type { FieldsDraft } from "./FieldsDraft";
import type { JobRow } from "./JobRow";
import type { LogLine } from "./LogLine";

/**
 * The selected job in full.
 */
export type JobDetail = { 
/**
 * Its row.
 */
row: JobRow, 
/**
 * "Acme media, uploads/videos".
 */
to: string, 
/**
 * Its MIME type.
 */
mime: string, 
/**
 * What is set for it.
 */
fields: FieldsDraft, 
/**
 * Which of them its destination takes, by their names.
 */
file_fields: Array<string>, 
/**
 * Whether type and fields can still be changed: nothing of it was sent yet.
 */
editable: boolean, 
/**
 * Every part, one character each, as in [`JobRow::ribbon`].
 */
grid: string, 
/**
 * Bytes of every part but the last.
 */
part_size: number, 
/**
 * Parts confirmed.
 */
parts_confirmed: number, 
/**
 * Parts on the way.
 */
parts_on_the_way: number, 
/**
 * Session, checksums, tags and the like.
 */
facts: Array<Fact>, 
/**
 * What happened, newest first, at most 50 lines.
 */
log: Array<LogLine>, 
/**
 * Code, request id and time, for Details with Copy.
 */
technical: string | null, 
/**
 * Whether the user may not cancel any more, as a sentence ("All data was sent …").
 */
discard_note: string | null, };
