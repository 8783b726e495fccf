//! Watched folders as a front end sees and changes them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::FieldsDraft;

/// A watched folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WatchedView {
    /// Its id.
    pub id: String,
    /// Where it is, to be shown.
    pub path: String,
    /// The destination's id.
    pub destination: String,
    /// "New files go to Acme media, uploads/finals · 2 tags".
    pub to: String,
    /// What is set for its files; what is not is as the destination has it.
    pub fields: FieldsDraft,
    /// Where verified files are moved; `None`: they stay.
    pub done: Option<String>,
    /// Whether it is switched on.
    pub watching: bool,
    /// Whether it is watched at present: it is not where it is switched off, and where only a command looks at the journal.
    pub watched: bool,
    /// How it stands: "Watching", "3 files still growing".
    pub state: String,
    /// Whether that needs a person.
    pub bad: bool,
}

/// What is changed of a watched folder; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct WatchedChange {
    /// Name or id of the destination.
    pub destination: Option<String>,
    /// What is set for its files.
    pub fields: Option<FieldsDraft>,
    /// Switch it on or off.
    pub watching: Option<bool>,
    /// Verified files stay where they are from now on.
    pub stay: bool,
}
