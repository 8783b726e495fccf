//! What a front end is told when something cannot be done.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A code exists only where a front end branches on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// What was asked cannot be done as asked (a name that is taken, an id that does not exist).
    Refused,
    /// One field of a form is not right; `field` names it.
    Field,
    /// The system's keychain is absent, locked or refuses: offer to keep the key for this session only.
    Keychain,
    /// The system's keychain is locked: whoever asks again has it ask its user.
    KeychainLocked,
    /// There is no destination yet.
    NoDestination,
    /// The journal or another part of Partway itself could not do it.
    Internal,
}

/// What happened, why, and what to do; ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApiError {
    /// For branching.
    pub code: Code,
    /// What happened and why.
    pub message: String,
    /// What the user can do.
    pub hint: Option<String>,
    /// The form's field that it is about.
    pub field: Option<String>,
}

impl ApiError {
    /// An error of that code with a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, field: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A sentence about one field of a form.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: Code::Field, message: message.into(), hint: None, field: Some(field.into()) }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, " {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
