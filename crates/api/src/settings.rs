//! What can be set. Owned by the engine; front ends store nothing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The settings; each has a good default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Parts sent at once by the whole process; `None`: automatic.
    pub parts_at_once: Option<u32>,
    /// Seconds a new batch waits before it starts; 0: none.
    pub countdown_seconds: u32,
    /// A notification when a batch is through, and when a destination needs its key.
    pub notify: bool,
    /// The user was told that closing the window only hides it while something uploads; said once.
    pub told_of_hiding: bool,
    /// "system", "light" or "dark".
    pub theme: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            parts_at_once: None,
            countdown_seconds: 5,
            notify: true,
            told_of_hiding: false,
            theme: "system".into(),
        }
    }
}

/// Whether keys can be kept in the system's keychain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeychainView {
    /// A test entry was stored and read back.
    pub works: bool,
    /// The sentence.
    pub text: String,
    /// The words of the button that has the keychain ask its user, where that helps.
    pub unlock: Option<String>,
    /// Removed destinations whose keys are still in it; they leave it as soon as that can be.
    pub left: Vec<String>,
}
