// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { NoticeButton } from "./NoticeButton";

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
 * What can be done about it, the first thing first.
 */
buttons: Array<NoticeButton>, };
