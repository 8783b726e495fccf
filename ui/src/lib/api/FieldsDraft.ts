// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { IfExists } from "./IfExists";

/**
 * What can be set for files: as defaults of a destination, for a batch, for one job. A kind takes those that its
 * [`KindView::file_fields`](crate::KindView::file_fields) names. In its texts `{name}`, `{stem}`, `{ext}`, `{folder}`, `{date}`, `{year}`,
 * `{month}` and `{day}` are filled in for each file; a brace that stands for itself is written twice.
 */
export type FieldsDraft = { 
/**
 * Folder at the destination.
 */
folder: string | null, 
/**
 * Tags.
 */
tags: Array<string>, 
/**
 * Free metadata.
 */
metadata: { [key in string]: string }, 
/**
 * The client's own id.
 */
custom_id: string | null, 
/**
 * The title that people read there.
 */
title: string | null, 
/**
 * What to do where the name is taken; `None`: ask, and meanwhile send nothing.
 */
if_exists: IfExists | null, 
/**
 * Random characters before the name.
 */
random_prefix: boolean | null, 
/**
 * How long a session shall live, seconds.
 */
ttl_seconds: number | null, };
