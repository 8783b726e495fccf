// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { IfExists } from "./IfExists";

/**
 * A change to files that have not started. `None` keeps the value; an empty text or list clears it.
 */
export type FieldsChange = { 
/**
 * Folder at the destination. Of a batch it is the one that the dropped folders lie in, of a single file the whole.
 */
folder: string | null, 
/**
 * Tags.
 */
tags: Array<string> | null, 
/**
 * Free metadata.
 */
metadata: { [key in string]: string } | null, 
/**
 * The client's own id.
 */
custom_id: string | null, 
/**
 * The title that people read there.
 */
title: string | null, 
/**
 * What to do where the name is taken.
 */
if_exists: IfExists | null, 
/**
 * MIME type.
 */
mime: string | null, };
