// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { NoticeAction } from "./NoticeAction";

/**
 * One banner a cause, above the list.
 */
export type Notice = { 
/**
 * Stable while the cause lasts.
 */
id: string, 
/**
 * The bold sentence.
 */
title: string, 
/**
 * The rest.
 */
text: string, 
/**
 * Whether it needs the user (red ground) or only tells.
 */
urgent: boolean, 
/**
 * Its button's words.
 */
button: string | null, 
/**
 * What the button does.
 */
action: NoticeAction | null, };
