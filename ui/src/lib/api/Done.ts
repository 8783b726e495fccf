// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.
import type { CheckLine } from "./CheckLine";
import type { DestinationView } from "./DestinationView";
import type { JobDetail } from "./JobDetail";
import type { KeychainView } from "./KeychainView";
import type { KindView } from "./KindView";
import type { Settings } from "./Settings";
import type { WatchedView } from "./WatchedView";

/**
 * The answer to a [`Command`].
 */
export type Done = { "done": "jobs", touched: number, } | { "done": "kinds", kinds: Array<KindView>, } | { "done": "checked", lines: Array<CheckLine>, } | { "done": "removed", left: string | null, } | { "done": "destination", destination: DestinationView, amended: string | null, not_taken: string | null, } | { "done": "destinations", destinations: Array<DestinationView>, } | { "done": "settings", settings: Settings, } | { "done": "detail", detail: JobDetail, } | { "done": "link", text: string, } | { "done": "awake", trouble: string | null, } | { "done": "keychain", keychain: KeychainView, } | { "done": "diagnostics", text: string, } | { "done": "watched", folders: Array<WatchedView>, };
