//! The kinds of destinations there are, as data: a form or a command line asks for what stands here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a destination can be made for: what is asked, in the order in which it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KindView {
    /// Its name on the command line.
    pub kind: String,
    /// Its name for people.
    pub name: String,
    /// What it is, in two or three words.
    pub about: String,
    /// What the key is called there: "API key", "Access key id".
    pub key_label: String,
    /// Where to find the key, as a sentence.
    pub key_help: String,
    /// What the key's other half is called, where it has two. Only such a kind takes a session token, too.
    pub secret_label: Option<String>,
    /// What else is asked.
    pub settings: Vec<SettingView>,
    /// What can be set for each file, by its name in [`FieldsDraft`](crate::FieldsDraft).
    pub file_fields: Vec<String>,
    /// What cannot be known of it, a sentence each.
    pub cannot_know: Vec<String>,
}

/// One setting of a kind; its value is text, by its name, in [`DestinationDraft::settings`](crate::DestinationDraft::settings).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettingView {
    /// Its name; errors about it name it as their `field`.
    pub name: String,
    /// What stands beside the field.
    pub label: String,
    /// Where to find it, or what it is good for; one sentence.
    pub help: String,
    /// How it is asked.
    pub form: SettingForm,
    /// It has no default, so it must be given.
    pub required: bool,
    /// Few need it: it stands under Advanced.
    pub advanced: bool,
}

/// How a setting is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "as", rename_all = "kebab-case")]
pub enum SettingForm {
    /// A line of text.
    Text {
        /// Shown while it is empty: the default, or an example.
        placeholder: String,
    },
    /// One of these, the default first.
    Choice {
        /// What can be chosen.
        choices: Vec<Choice>,
    },
    /// "true" or "false"; off unless told.
    Switch,
    /// Text of several lines, which mostly lies in a file.
    Lines {
        /// Shown while it is empty: how it begins.
        placeholder: String,
    },
}

/// One value of a setting that has a few.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
}
