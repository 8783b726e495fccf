// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { SettingForm } from "./SettingForm";

/**
 * One setting of a kind; its value is text, by its name, in [`DestinationDraft::settings`](crate::DestinationDraft::settings).
 */
export type SettingView = { 
/**
 * Its name; errors about it name it as their `field`.
 */
name: string, 
/**
 * What stands beside the field.
 */
label: string, 
/**
 * Where to find it, or what it is good for; one sentence.
 */
help: string, 
/**
 * How it is asked.
 */
form: SettingForm, 
/**
 * It has no default, so it must be given.
 */
required: boolean, 
/**
 * Few need it: it stands under Advanced.
 */
advanced: boolean, };
