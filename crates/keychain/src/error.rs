//! Why a key could not be kept or read.

use thiserror::Error;

/// What stands between us and the keychain. The sentences for people come from `app`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeychainError {
    /// This computer has none, or it cannot be reached.
    #[error("there is no keychain: {why}")]
    Absent {
        /// The system's words.
        why: String,
    },
    /// It is locked, and nobody unlocked it.
    #[error("the keychain is locked")]
    Locked,
    /// It is there and says no.
    #[error("the keychain refuses: {why}")]
    Refused {
        /// The system's words.
        why: String,
    },
    /// It did not answer in time; a question to the user may stand open behind it.
    #[error("the keychain did not answer in time")]
    Slow,
}
