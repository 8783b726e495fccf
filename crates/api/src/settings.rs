//! What can be set. Owned by the engine; front ends store nothing.

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

/// The settings; each has a good default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Parts sent at once by the whole process; `None`: automatic.
    pub parts_at_once: Option<u32>,
    /// Seconds a new batch waits before it starts; 0: none.
    pub countdown_seconds: u32,
    /// What is told by notifications.
    pub notify: Notify,
    /// Uploads go on when the window is closed. Else closing it ends the app, and asks first while something uploads.
    pub keep_uploading: bool,
    /// The user was asked whether Partway shall start at login; asked once.
    pub asked_to_start: bool,
    /// Idle sleep is prevented while something uploads.
    pub keep_awake: bool,
    /// The user was told that closing the window only hides it; said once.
    pub told_of_hiding: bool,
    /// "system", "light" or "dark".
    pub theme: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            parts_at_once: None,
            countdown_seconds: 5,
            notify: Notify::All,
            keep_uploading: true,
            asked_to_start: false,
            keep_awake: true,
            told_of_hiding: false,
            theme: "system".into(),
        }
    }
}

/// What is told by notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Notify {
    /// Each batch that is done, and whatever needs the user.
    #[default]
    All,
    /// Whatever needs the user.
    Needs,
    /// Nothing.
    Never,
}

impl<'de> Deserialize<'de> for Notify {
    /// Also from the switch that was there before.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Kept {
            Switch(bool),
            Word(Word),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum Word {
            All,
            Needs,
            Never,
        }
        Ok(match Kept::deserialize(from)? {
            Kept::Switch(true) | Kept::Word(Word::All) => Self::All,
            Kept::Word(Word::Needs) => Self::Needs,
            Kept::Switch(false) | Kept::Word(Word::Never) => Self::Never,
        })
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

/// Whether notifications come through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NotificationsView {
    /// Something answers that shows them.
    pub works: bool,
    /// The sentence.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_of_before_is_still_understood() {
        let notify = |json: &str| serde_json::from_str::<Settings>(json).map(|settings| settings.notify);
        assert_eq!(notify(r#"{"notify":true}"#).unwrap(), Notify::All);
        assert_eq!(notify(r#"{"notify":false}"#).unwrap(), Notify::Never);
        assert_eq!(notify(r#"{"notify":"needs"}"#).unwrap(), Notify::Needs);
        assert_eq!(notify("{}").unwrap(), Notify::All);
        assert!(notify(r#"{"notify":"sometimes"}"#).is_err());
    }
}
