// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { Action } from "./Action";
import type { HoldName } from "./HoldName";
import type { StateName } from "./StateName";

/**
 * One row of the queue.
 */
export type JobRow = { 
/**
 * The job's id.
 */
id: string, 
/**
 * The batch it came with.
 */
batch: string, 
/**
 * The file's name, whole; the window cuts it in the middle.
 */
name: string, 
/**
 * The full path, for tooltip and details only.
 */
path: string, 
/**
 * "MOV": the type, at most four letters, or empty.
 */
kind: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * The destination's name, always shown.
 */
destination: string, 
/**
 * Whether that is *Practice*.
 */
practice: boolean, 
/**
 * Where it is.
 */
state: StateName, 
/**
 * Why it waits.
 */
holds: Array<HoldName>, 
/**
 * The state in words: "Uploading", "Paused", "Waiting for the key", "Verified", "Practice finished".
 */
label: string, 
/**
 * The short line under it: "next", "assembling 212 parts", "17.6 GB kept until 15:00", "14:02". Empty while uploading: the window
 * writes speed and time left from the numbers.
 */
sub: string, 
/**
 * The sentence for a second line, where it needs attention or is slow.
 */
sentence: string | null, 
/**
 * Bytes the storage said yes to and the journal has.
 */
confirmed: number, 
/**
 * Bytes taken by the network, not confirmed.
 */
on_the_way: number, 
/**
 * Bytes a second over the last seconds.
 */
speed: number, 
/**
 * Seconds left, where they can be told.
 */
seconds_left: number | null, 
/**
 * Number of parts, 0 before the plan is there.
 */
parts: number, 
/**
 * At most 256 characters, one a share: `.` not sent, `0`–`9` on the way (tenths taken), `d` confirmed, `r` being sent again, `x` did not
 * go. With more parts than 256 a digit is the confirmed tenths of that share.
 */
ribbon: string, 
/**
 * What can be done.
 */
actions: Array<Action>, };
