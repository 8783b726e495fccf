// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { Notify } from "./Notify";

/**
 * The settings; each has a good default.
 */
export type Settings = { 
/**
 * Parts sent at once by the whole process; `None`: automatic.
 */
parts_at_once: number | null, 
/**
 * Seconds a new batch waits before it starts; 0: none.
 */
countdown_seconds: number, 
/**
 * What is told by notifications.
 */
notify: Notify, 
/**
 * Uploads go on when the window is closed. Else closing it ends the app, and asks first while something uploads.
 */
keep_uploading: boolean, 
/**
 * The user was asked whether Partway shall start at login; asked once.
 */
asked_to_start: boolean, 
/**
 * Idle sleep is prevented while something uploads.
 */
keep_awake: boolean, 
/**
 * The user was told that closing the window only hides it; said once.
 */
told_of_hiding: boolean, 
/**
 * "system", "light" or "dark".
 */
theme: string, };
