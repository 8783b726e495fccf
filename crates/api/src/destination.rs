//! Destinations as a front end sees and makes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A vendor that a destination can be made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KindView {
    /// "autorender".
    pub kind: String,
    /// "AutoRender".
    pub name: String,
    /// "Media workspace".
    pub about: String,
    /// Where to find the key, as a sentence.
    pub key_help: String,
    /// The server's address unless another is given.
    pub default_url: Option<String>,
}

/// Defaults for the files of a destination.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct FieldsDraft {
    /// Folder at the destination.
    pub folder: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Free metadata.
    pub metadata: BTreeMap<String, String>,
    /// The client's own id.
    pub custom_id: Option<String>,
    /// Random characters before the name.
    pub random_prefix: Option<bool>,
    /// How long a session shall live, seconds.
    #[ts(type = "number | null")]
    pub ttl_seconds: Option<u64>,
}

/// A destination to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DestinationDraft {
    /// The user's name for it.
    pub name: String,
    /// "autorender".
    pub kind: String,
    /// The server's address; `None`: the vendor's.
    pub url: Option<String>,
    /// "bearer" or "x-api-key", where the vendor takes several; `None`: the documented one.
    pub auth: Option<String>,
    /// Defaults for its files.
    pub fields: FieldsDraft,
}

/// A key on its way in. It has no way out: no view holds one.
#[expect(missing_docs, reason = "what the fields are is said by the sentence above each source")]
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum KeyDraft {
    /// Typed; to be kept in the system's keychain.
    Keychain { key: String },
    /// Typed; to be kept in memory until the app ends.
    ThisSession { key: String },
    /// The name of an environment variable that holds it at every start.
    Environment { variable: String },
}

impl std::fmt::Debug for KeyDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Keychain { .. } => f.write_str("Keychain(…)"),
            Self::ThisSession { .. } => f.write_str("ThisSession(…)"),
            Self::Environment { variable } => write!(f, "Environment({variable})"),
        }
    }
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
    /// "autorender", or "practice".
    pub kind: String,
    /// "AutoRender", or "This computer only".
    pub kind_name: String,
    /// How it is doing.
    pub state: DestinationState,
    /// "Key refused" and the like; `None` where there is nothing to say.
    pub said: Option<String>,
    /// Whether it is *Practice*.
    pub practice: bool,
    /// Where its key is: "system keychain", "this session only", "environment variable NAME".
    pub key_kept: String,
    /// The server's address.
    pub url: String,
    /// Defaults for its files.
    pub fields: FieldsDraft,
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
    /// What it is about: "host", "clock", "key", "keychain".
    pub about: String,
    /// How it came out.
    pub mark: Mark,
    /// The sentence; where it is bad, with what to do.
    pub text: String,
}
