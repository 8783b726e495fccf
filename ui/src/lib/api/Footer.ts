// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * The sums in the footer.
 */
export type Footer = { 
/**
 * Bytes a second of all.
 */
speed: number, 
/**
 * The last 60 seconds' speeds, oldest first.
 */
history: number[], 
/**
 * Bytes confirmed of what is under way and waiting.
 */
confirmed: number, 
/**
 * Bytes of what is under way and waiting.
 */
total: number, 
/**
 * Seconds left of it.
 */
seconds_left: number | null, 
/**
 * Bytes that paused jobs still have to send.
 */
paused: number, 
/**
 * One sentence on what limits the speed; `None` where it is not known.
 */
limit: string | null, };
