// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * Whether notifications come through.
 */
export type NotificationsView = { 
/**
 * Something answers that shows them.
 */
works: boolean, 
/**
 * The sentence.
 */
text: string, };
