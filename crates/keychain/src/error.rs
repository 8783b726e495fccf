//! Why a key could not be stored or read.

use thiserror::Error;

/// Why the keychain could not be used. `app` words it for the user. No variant holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeychainError {
    /// This computer has none, or it cannot be reached.
    #[error("there is no keychain: {why}")]
    Absent {
        /// The system's words.
        why: String,
    },
    /// It is there, and has no keyring yet to keep anything in. [`Keychain::unlock`](crate::Keychain::unlock) lets it ask for one.
    #[error("the keychain has no keyring yet")]
    Empty,
    /// It is locked, and nobody unlocked it.
    #[error("the keychain is locked")]
    Locked,
    /// It is there and says no.
    #[error("the keychain refuses: {why}")]
    Refused {
        /// The system's words.
        why: String,
    },
    /// It takes what it is given, and loses it: at the end of the session at the latest.
    #[error("the keychain does not keep what it is given")]
    Forgets,
    /// It has no room for so long a key.
    #[error("the keychain takes keys of at most {most} bytes")]
    TooLong {
        /// The longest that it takes, bytes.
        most: usize,
    },
    /// It did not answer in time; a question to the user may stand open behind it.
    #[error("the keychain did not answer in time")]
    Slow,
}

impl KeychainError {
    /// Whether it may pass without a retry by the user: the keychain gets unlocked, or it comes up.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Absent { .. } | Self::Empty | Self::Locked | Self::Slow)
    }
}
