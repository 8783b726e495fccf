//! What is asked when a destination is set up, and the sentence where an answer cannot be used.

use std::borrow::Cow;

use thiserror::Error;

/// Words that are the program's own, or came from outside.
pub type Text = Cow<'static, str>;

/// Values and labels to choose from, the default first.
pub(crate) type Choices = &'static [(&'static str, &'static str)];

/// One setting of a kind, as a form or a command line asks for it. Its value is text, and lies under its name in the settings' JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name in the settings; the flag on the command line is the same with `-` for `_`.
    pub name: Text,
    /// What stands beside the field.
    pub label: Text,
    /// Where to find it, or what it is good for; one sentence.
    pub help: Text,
    /// How it is asked.
    pub form: Form,
    /// It has no default, so it must be given.
    pub required: bool,
    /// Few need it.
    pub advanced: bool,
}

/// How a setting is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A line of text; what is shown while it is empty is the default, or an example.
    Text {
        /// The default or an example.
        placeholder: Text,
    },
    /// One of these: value and label, the default first.
    Choice(Vec<(Text, Text)>),
    /// `true` or `false`; off unless told.
    Switch,
    /// Text of several lines, which mostly lies in a file: a command line takes that file.
    Lines {
        /// How it begins.
        placeholder: Text,
    },
}

impl Setting {
    fn new(name: &'static str, label: &'static str, help: &'static str, form: Form) -> Self {
        let (name, label, help) = (name.into(), label.into(), help.into());
        Self { name, label, help, form, required: false, advanced: false }
    }

    pub(crate) fn text(
        name: &'static str,
        label: &'static str,
        help: &'static str,
        placeholder: &'static str,
    ) -> Self {
        Self::new(name, label, help, Form::Text { placeholder: placeholder.into() })
    }

    pub(crate) fn lines(
        name: &'static str,
        label: &'static str,
        help: &'static str,
        placeholder: &'static str,
    ) -> Self {
        Self::new(name, label, help, Form::Lines { placeholder: placeholder.into() })
    }

    pub(crate) fn switch(name: &'static str, label: &'static str, help: &'static str) -> Self {
        Self::new(name, label, help, Form::Switch)
    }

    pub(crate) fn choice(
        name: &'static str,
        label: &'static str,
        help: &'static str,
        choices: Choices,
    ) -> Self {
        let choices = choices.iter().map(|&(value, label)| (value.into(), label.into())).collect();
        Self::new(name, label, help, Form::Choice(choices))
    }

    #[must_use]
    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    #[must_use]
    pub(crate) fn advanced(self) -> Self {
        Self { advanced: true, ..self }
    }
}

/// One field that cannot be used, with a sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{sentence}")]
pub struct SettingsError {
    /// Which field: its name in the settings.
    pub field: Text,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl SettingsError {
    pub(crate) fn new(field: impl Into<Text>, sentence: impl Into<String>) -> Self {
        Self { field: field.into(), sentence: sentence.into() }
    }
}
