//! The settings of a destination, and the sentence for an answer that cannot be used.

use std::borrow::Cow;

use thiserror::Error;

/// Text that is built in, or came from outside.
pub type Text = Cow<'static, str>;

/// Values and labels to choose from, the default first.
pub(crate) type Choices = &'static [(&'static str, &'static str)];

/// One setting of a kind, as a form or a command line asks for it. Its value is text, stored under its name
/// in the settings' JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name in the settings; the command-line flag is the same with `-` for `_`.
    pub name: Text,
    /// The field's label.
    pub label: Text,
    /// Where to find it, or what it is for; one sentence.
    pub help: Text,
    /// How to ask for it.
    pub form: Form,
    /// Whether it has no default and must be given.
    pub required: bool,
    /// Whether few users need it.
    pub advanced: bool,
}

/// The form of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A line of text; the placeholder is the default, or an example.
    Text {
        /// The default or an example.
        placeholder: Text,
    },
    /// One of these: value and label, the default first.
    Choice(Vec<(Text, Text)>),
    /// `true` or `false`; off by default.
    Switch,
    /// Text of several lines, usually from a file: a command line takes that file.
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

/// One field that cannot be used, with a sentence for the user.
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
