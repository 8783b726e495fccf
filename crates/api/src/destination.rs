//! Destinations as a front end sees and makes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::FieldsDraft;

/// A destination to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DestinationDraft {
    /// The user's name for it.
    pub name: String,
    /// Its [`KindView::kind`](crate::KindView::kind).
    pub kind: String,
    /// What was given of its kind's settings, by their names. What is left out or empty has its default.
    pub settings: BTreeMap<String, String>,
    /// Defaults for its files.
    pub fields: FieldsDraft,
}

/// How a destination is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum DestinationState {
    /// Its key was accepted at the last upload.
    Good,
    /// Not used yet, so nothing is known.
    Unknown,
    /// Its key was refused.
    KeyRefused,
    /// Its key is not at hand.
    KeyMissing,
}

/// A destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DestinationView {
    /// Its id.
    pub id: String,
    /// The user's name for it.
    pub name: String,
    /// Its [`KindView::kind`](crate::KindView::kind), or "practice".
    pub kind: String,
    /// Its [`KindView::name`](crate::KindView::name), or "This computer only".
    pub kind_name: String,
    /// How it is doing.
    pub state: DestinationState,
    /// "Key refused" and the like; `None` where there is nothing to say.
    pub said: Option<String>,
    /// What has to be known of its service; `None` where there is nothing.
    pub note: Option<String>,
    /// Whether it is *Practice*.
    pub practice: bool,
    /// Where its key is: "system keychain", "this session only", "environment variable NAME", "was for one session, needed again".
    pub key_kept: String,
    /// The server's address.
    pub url: String,
    /// What was given of its kind's settings, by their names. No key is among them.
    pub settings: BTreeMap<String, String>,
    /// Defaults for its files.
    pub fields: FieldsDraft,
    /// What can be set for its files, by its name in [`FieldsDraft`].
    pub file_fields: Vec<String>,
    /// Whether new files go there.
    pub chosen: bool,
    /// The folder that new files go to: what the user chose last, else the default.
    pub folder_now: Option<String>,
}

/// The mark of one line of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Seen to hold.
    Good,
    /// Seen not to hold.
    Bad,
    /// Cannot be known: never shown as a tick.
    Unknown,
}

/// One line of a destination's test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckLine {
    /// What it is about: "typed" (what is kept otherwise than it was typed), "host", "clock", "key", "kept" (where the key is), "upload".
    pub about: String,
    /// How it came out.
    pub mark: Mark,
    /// The sentence; where it is bad, with what to do.
    pub text: String,
    /// It is bad because the destination said no, which does not pass by itself.
    pub refused: bool,
}
