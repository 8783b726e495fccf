//! Keys on their way in. They have no way out: no view, answer or event holds one.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The key of a destination.
#[expect(missing_docs, reason = "what the fields are is said by the sentence above each source")]
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum KeyDraft {
    /// Typed; to be kept in the system's keychain.
    Keychain { key: String, secret: Option<String>, session_token: Option<String> },
    /// Typed; to be kept in memory until the app ends.
    ThisSession { key: String, secret: Option<String>, session_token: Option<String> },
    /// The names of environment variables that hold it at every start.
    Environment { variable: String, secret_variable: Option<String>, session_token_variable: Option<String> },
    /// Where the tools for S3 look by themselves: their variables, then a profile of their shared file (`None`: the usual one). For kinds
    /// whose key has two halves.
    Chain { profile: Option<String> },
}

impl std::fmt::Debug for KeyDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Keychain { .. } => f.write_str("Keychain(…)"),
            Self::ThisSession { .. } => f.write_str("ThisSession(…)"),
            Self::Environment { variable, .. } => write!(f, "Environment({variable})"),
            Self::Chain { profile } => write!(f, "Chain({profile:?})"),
        }
    }
}

/// A key on its way to the process that holds the data folder.
#[derive(Clone, Serialize, Deserialize)]
pub struct LentKey {
    /// The key; of two halves, the one that names the account.
    pub key: String,
    /// Its other half, where there are two.
    pub secret: Option<String>,
    /// What makes a lent pair valid for a while.
    pub session_token: Option<String>,
}

impl From<String> for LentKey {
    fn from(key: String) -> Self {
        Self { key, secret: None, session_token: None }
    }
}

impl std::fmt::Debug for LentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LentKey(…)")
    }
}
