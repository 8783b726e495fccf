// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { NoticeAction } from "./NoticeAction";

/**
 * One button of a notice.
 */
export type NoticeButton = { 
/**
 * Its words.
 */
words: string, 
/**
 * What it does.
 */
action: NoticeAction, };
