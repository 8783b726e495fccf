//! What a front end may ask for. No command names a path: files come through drops, dialogs and the command line, all in Rust.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    CheckLine, DestinationDraft, DestinationView, FieldsChange, IfExists, JobDetail, KeyDraft, KindView,
    Settings, WatchedChange, WatchedView,
};

/// Which jobs a command is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "of", content = "id", rename_all = "kebab-case")]
pub enum Selection {
    /// One job, by its id or an unambiguous beginning or end of it.
    Job(String),
    /// Every job of a batch.
    Batch(String),
    /// All jobs.
    All,
}

/// A wish of the user.
#[expect(missing_docs, reason = "what the fields are is said by the sentence above each wish")]
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command {
    /// Begin no new part; those nearly through may finish.
    Pause { jobs: Selection },
    /// Paused: wait no longer for the parts that are nearly through; they are sent again later.
    StopNow { jobs: Selection },
    /// Go on.
    Resume { jobs: Selection },
    /// Stop and throw away what was sent.
    Cancel { jobs: Selection },
    /// Try again what needs attention.
    Retry { jobs: Selection },
    /// Send again from the start a file that may have arrived.
    SendAgain { job: String },
    /// The user has seen that the file arrived.
    MarkArrived { job: String },
    /// Take finished or cancelled jobs out of the list.
    Remove { jobs: Selection },
    /// Start a held batch at once.
    StartNow { batch: String },
    /// Take a held batch back.
    Undo { batch: String },
    /// Send a held batch elsewhere; the countdown begins anew.
    ChangeBatch { batch: String, destination: String, folder: Option<String> },
    /// Keep a held batch from starting while its panel is open, or let the countdown go on.
    KeepBatch { batch: String, keep: bool },
    /// Change what is set for files that have not started; of a batch, those that have not.
    ChangeFields { jobs: Selection, change: FieldsChange },
    /// What to do with files whose names are taken at the destination.
    SettleName { jobs: Selection, how: IfExists },
    /// Where new files go.
    UseDestination { id: String, folder: Option<String> },
    /// The kinds of destination there are.
    Kinds,
    /// Test a destination before it is saved; with `upload` a tiny file is really sent there.
    Check { draft: DestinationDraft, key: Option<KeyDraft>, upload: bool },
    /// Test a destination that is saved; with `upload` a tiny file is really sent there.
    CheckDestination { id: String, upload: bool },
    /// Save a destination and its key.
    AddDestination { draft: DestinationDraft, key: KeyDraft },
    /// Give a destination another key; what waited for it goes on.
    ReplaceKey { destination: String, key: KeyDraft },
    /// Remove a destination and its key.
    RemoveDestination { id: String },
    /// The destinations there are.
    Destinations,
    /// Make *Practice* ready: a destination on this computer.
    Practice,
    /// Throw away what was sent to *Practice*.
    EmptyPractice,
    /// The settings.
    Settings,
    /// Change settings.
    ChangeSettings { settings: Settings },
    /// Take a notice away: it was seen.
    Dismiss { notice: String },
    /// One job in full.
    Detail { job: String },
    /// The address of a finished file, or `name<TAB>address` lines of a batch.
    Link { jobs: Selection },
    /// Test whether the keychain stores and gives back.
    CheckKeychain,
    /// A text for whoever helps: what runs here and what was logged, without keys.
    Diagnostics,
    /// Whether the computer can be kept awake.
    CheckAwake,
    /// Have the keychain ask its user, then test it; what waited for it goes on.
    UnlockKeychain,
    /// The watched folders.
    WatchedFolders,
    /// Change a watched folder.
    ChangeWatched { id: String, change: WatchedChange },
    /// Watch a folder no longer.
    RemoveWatched { id: String },
}

/// The answer to a [`Command`].
#[expect(missing_docs, reason = "what the fields are is said by the sentence above each answer")]
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "done", rename_all = "kebab-case")]
pub enum Done {
    /// It was done; so many jobs were touched.
    Jobs { touched: u32 },
    /// The kinds of destination.
    Kinds { kinds: Vec<KindView> },
    /// The lines of a destination's test.
    Checked { lines: Vec<CheckLine> },
    /// A destination was removed; `left` says what could not be done at once.
    Removed { left: Option<String> },
    /// One destination, new or changed; `amended` says what of its settings is kept otherwise than it was typed, `not_taken` what of the
    /// files that waited for it could not be taken in.
    Destination { destination: DestinationView, amended: Option<String>, not_taken: Option<String> },
    /// All destinations.
    Destinations { destinations: Vec<DestinationView> },
    /// The settings.
    Settings { settings: Settings },
    /// One job in full.
    Detail { detail: Box<JobDetail> },
    /// Text for the clipboard.
    Link { text: String },
    /// Why the computer cannot be kept awake, as a sentence without its stop; `None`: nothing speaks against it.
    Awake { trouble: Option<String> },
    /// The keychain's state.
    Keychain { keychain: crate::KeychainView },
    /// A text to be read before it is handed on.
    Diagnostics { text: String },
    /// All watched folders.
    Watched { folders: Vec<WatchedView> },
}
