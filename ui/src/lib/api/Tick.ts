// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { Batch } from "./Batch";
import type { Counts } from "./Counts";
import type { DestinationView } from "./DestinationView";
import type { Footer } from "./Footer";
import type { Intake } from "./Intake";
import type { JobDetail } from "./JobDetail";
import type { Notice } from "./Notice";
import type { RowsChange } from "./RowsChange";
import type { Settings } from "./Settings";
import type { WatchedView } from "./WatchedView";

/**
 * One message to a front end: what changed in what it looks at. Fields that did not change are `null`.
 */
export type Tick = { 
/**
 * Rows.
 */
rows: RowsChange | null, 
/**
 * The selected job.
 */
detail: JobDetail | null, 
/**
 * Counts.
 */
counts: Counts | null, 
/**
 * Footer.
 */
footer: Footer | null, 
/**
 * All notices.
 */
notices: Array<Notice> | null, 
/**
 * Batches that wait for their countdown.
 */
batches: Array<Batch> | null, 
/**
 * All destinations.
 */
destinations: Array<DestinationView> | null, 
/**
 * Settings.
 */
settings: Settings | null, 
/**
 * Files that wait for a first destination.
 */
intake: Intake | null, 
/**
 * All watched folders.
 */
watched: Array<WatchedView> | null, 
/**
 * Sentences for the polite live region (25/50/75/100 % and changes of state).
 */
announce: Array<string>, };
