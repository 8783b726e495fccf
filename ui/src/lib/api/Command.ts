// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { DestinationDraft } from "./DestinationDraft";
import type { FieldsChange } from "./FieldsChange";
import type { IfExists } from "./IfExists";
import type { KeyDraft } from "./KeyDraft";
import type { Selection } from "./Selection";
import type { Settings } from "./Settings";
import type { WatchedChange } from "./WatchedChange";

/**
 * A wish of the user.
 */
export type Command = { "do": "pause", jobs: Selection, } | { "do": "stop-now", jobs: Selection, } | { "do": "resume", jobs: Selection, } | { "do": "cancel", jobs: Selection, } | { "do": "retry", jobs: Selection, } | { "do": "send-again", job: string, } | { "do": "mark-arrived", job: string, } | { "do": "remove", jobs: Selection, } | { "do": "start-now", batch: string, } | { "do": "undo", batch: string, } | { "do": "change-batch", batch: string, destination: string, folder: string | null, } | { "do": "keep-batch", batch: string, keep: boolean, } | { "do": "change-fields", jobs: Selection, change: FieldsChange, } | { "do": "settle-name", jobs: Selection, how: IfExists, } | { "do": "use-destination", id: string, folder: string | null, } | { "do": "kinds" } | { "do": "check", draft: DestinationDraft, key: KeyDraft | null, upload: boolean, } | { "do": "check-destination", id: string, upload: boolean, } | { "do": "add-destination", draft: DestinationDraft, key: KeyDraft, } | { "do": "replace-key", destination: string, key: KeyDraft, } | { "do": "remove-destination", id: string, } | { "do": "destinations" } | { "do": "practice" } | { "do": "empty-practice" } | { "do": "settings" } | { "do": "change-settings", settings: Settings, } | { "do": "dismiss", notice: string, } | { "do": "detail", job: string, } | { "do": "link", jobs: Selection, } | { "do": "check-keychain" } | { "do": "diagnostics" } | { "do": "check-awake" } | { "do": "unlock-keychain" } | { "do": "watched-folders" } | { "do": "change-watched", id: string, change: WatchedChange, } | { "do": "remove-watched", id: string, };
