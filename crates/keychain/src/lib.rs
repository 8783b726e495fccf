//! Secrets behind one trait: the system's keychain, or this session's memory.
//!
//! There is no third option: nothing here writes a key to a file.

#[cfg(any(windows, test))]
mod blob;
mod claim;
mod error;
mod place;
mod question;
mod session;
mod store;
mod system;
mod worker;

use async_trait::async_trait;
use partway_core::ApiKey;

pub use error::KeychainError;
pub use session::SessionKeychain;
pub use system::SystemKeychain;

/// How long a key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In the system's keychain: until it is removed.
    System,
    /// In memory: until this process ends. The UI says so wherever it shows such a key.
    ThisSession,
}

/// A keychain's state as far as it can be seen without prompting the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Ready for use.
    Open,
    /// Not usable, and why.
    Shut(KeychainError),
    /// This system reveals it only to a program that requests a key.
    CannotTell,
}

/// Stores keys, each under an account name.
#[async_trait]
pub trait Keychain: Send + Sync {
    /// The account's key; `None` if there is none. A locked keychain prompts the user, but only once until it
    /// was seen unlocked again.
    async fn get(&self, account: &str) -> Result<Option<ApiKey>, KeychainError>;

    /// Stores a key, replacing an earlier one. Called for the user: a locked keychain prompts.
    async fn set(&self, account: &str, key: &ApiKey) -> Result<(), KeychainError>;

    /// The longest key that fits, bytes of UTF-8; `None` if there is no limit. A longer one is not stored
    /// ([`KeychainError::TooLong`]); callers that store several parts of a key check before the first.
    fn longest(&self) -> Option<usize> {
        None
    }

    /// Removes a key; a missing one is no error. Never prompts.
    async fn remove(&self, account: &str) -> Result<(), KeychainError>;

    /// Whether keys can be stored right now, tested by storing, reading and removing a probe. Never prompts.
    async fn status(&self) -> Result<Kept, KeychainError>;

    /// Unlocks the keychain for the user: it prompts, even if it did so before.
    async fn unlock(&self) -> Result<(), KeychainError>;

    /// The keychain's current state. Never prompts.
    async fn look(&self) -> Look;
}
