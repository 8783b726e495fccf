//! The list as a front end looks at it: a window of rows, and one message a tick with what changed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{DestinationView, IfExists, JobDetail, JobRow, Settings, WatchedView};

/// Which jobs the list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Filter {
    /// Everything: attention first, then active, waiting, and the finished.
    #[default]
    All,
    /// Checking, uploading, finishing.
    Uploading,
    /// Waiting for anything but the user.
    Waiting,
    /// Paused by the user.
    Paused,
    /// Needs attention.
    NeedsAttention,
    /// Verified.
    Verified,
}

/// What a front end looks at. It sends a new one whenever the user scrolls or selects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Look {
    /// Which jobs.
    pub filter: Filter,
    /// Only those of this batch, whatever the filter.
    #[serde(default)]
    pub batch: Option<String>,
    /// The first row wanted.
    pub offset: u32,
    /// How many rows, at most 500.
    pub limit: u32,
    /// The job whose details are open.
    pub selected: Option<String>,
    /// Hidden: nothing is sent until a new look.
    pub hidden: bool,
}

/// How many jobs each filter shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Counts {
    /// All.
    pub all: u32,
    /// Uploading.
    pub uploading: u32,
    /// Waiting.
    pub waiting: u32,
    /// Paused.
    pub paused: u32,
    /// Needs attention.
    pub needs_attention: u32,
    /// Verified.
    pub verified: u32,
}

/// The rows of the window looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RowsChange {
    /// How many rows the filter has in all.
    pub total: u32,
    /// The index of the first id below.
    pub offset: u32,
    /// The ids of the window, in order.
    pub order: Vec<String>,
    /// Those rows of the window that changed since the last message to this front end.
    pub changed: Vec<JobRow>,
}

/// The sums in the footer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Footer {
    /// Bytes a second of all.
    #[ts(type = "number")]
    pub speed: u64,
    /// The last 60 seconds' speeds, oldest first.
    #[ts(type = "number[]")]
    pub history: Vec<u64>,
    /// Bytes confirmed of what is under way and waiting.
    #[ts(type = "number")]
    pub confirmed: u64,
    /// Bytes of what is under way and waiting.
    #[ts(type = "number")]
    pub total: u64,
    /// Seconds left of it.
    #[ts(type = "number | null")]
    pub seconds_left: Option<u64>,
    /// Bytes that paused jobs still have to send.
    #[ts(type = "number")]
    pub paused: u64,
    /// One sentence on what limits the speed; `None` where it is not known.
    pub limit: Option<String>,
}

/// A batch as the rows above the list show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Batch {
    /// Its id.
    pub id: String,
    /// Files in it.
    pub files: u32,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// Where it goes.
    pub destination: String,
    /// The destination's id.
    pub destination_id: String,
    /// The folder there.
    pub folder: Option<String>,
    /// Whole seconds until it starts; `None` while its panel is open.
    pub starts_in: Option<u32>,
    /// What was left out and why ("3 ignored: .DS_Store"), if anything.
    pub left_out: Option<String>,
}

/// What a notice's button does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum NoticeAction {
    /// Open the dialog for another key.
    ReplaceKey {
        /// The destination.
        destination: String,
    },
    /// Have the keychain ask its user, or ask it again.
    UnlockKeychain,
    /// Take the notice away.
    Dismiss {
        /// Its id.
        notice: String,
    },
    /// Show what there is to hand to whoever helps.
    Diagnostics,
    /// Settle the taken names of a batch.
    SettleName {
        /// The batch.
        batch: String,
        /// How.
        how: IfExists,
    },
}

/// One button of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoticeButton {
    /// Its words.
    pub words: String,
    /// What it does.
    pub action: NoticeAction,
}

/// One banner a cause, above the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notice {
    /// Stable while the cause lasts.
    pub id: String,
    /// The bold sentence.
    pub title: String,
    /// The rest.
    pub text: String,
    /// Whether it needs the user (red ground) or only tells.
    pub urgent: bool,
    /// What can be done about it, the first thing first.
    pub buttons: Vec<NoticeButton>,
}

/// Files that were dropped before there was a destination: kept while one is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Intake {
    /// Files or folders named.
    pub paths: u32,
}

/// Where the window is to go, as a button outside of it said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Visit {
    /// What the list shows.
    pub filter: Filter,
    /// Only this batch.
    pub batch: Option<String>,
    /// The destination whose key is asked for.
    pub replace_key: Option<String>,
}

/// One message to a front end: what changed in what it looks at. Fields that did not change are `null`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Tick {
    /// Rows.
    pub rows: Option<RowsChange>,
    /// The selected job.
    pub detail: Option<JobDetail>,
    /// Counts.
    pub counts: Option<Counts>,
    /// Footer.
    pub footer: Option<Footer>,
    /// All notices.
    pub notices: Option<Vec<Notice>>,
    /// Batches that wait for their countdown.
    pub batches: Option<Vec<Batch>>,
    /// All destinations.
    pub destinations: Option<Vec<DestinationView>>,
    /// Settings.
    pub settings: Option<Settings>,
    /// Files that wait for a first destination.
    pub intake: Option<Intake>,
    /// All watched folders.
    pub watched: Option<Vec<WatchedView>>,
    /// Sentences for the polite live region (25/50/75/100 % and changes of state).
    pub announce: Vec<String>,
}
