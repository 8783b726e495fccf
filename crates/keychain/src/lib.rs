//! Secrets behind one trait: the system's keychain, or this session's memory.
//!
//! There is no third way: nothing here writes a key to a file.

#[cfg(any(windows, test))]
mod blob;
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
    /// In memory: until this process ends. Wherever such a key is shown, that is said.
    ThisSession,
}

/// What can be told of a keychain by looking, without asking its user anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Nothing stands in the way.
    Open,
    /// Something does.
    Shut(KeychainError),
    /// This system tells only whoever asks for a key.
    CannotTell,
}

/// A place for keys, each under an account's name.
#[async_trait]
pub trait Keychain: Send + Sync {
    /// The key of that account; `None` where there is none. A keychain that is locked asks its user, once until it was seen open again.
    async fn get(&self, account: &str) -> Result<Option<ApiKey>, KeychainError>;

    /// Keeps a key, in place of an earlier one. A person wants it: a keychain that is locked asks its user.
    async fn set(&self, account: &str, key: &ApiKey) -> Result<(), KeychainError>;

    /// The longest key that it takes, bytes of its UTF-8; `None` where no key is too long. A longer one is not kept
    /// ([`KeychainError::TooLong`]); who keeps several parts of one asks before the first.
    fn longest(&self) -> Option<usize> {
        None
    }

    /// Forgets a key; that there was none is no fault. Asks nobody.
    async fn remove(&self, account: &str) -> Result<(), KeychainError>;

    /// Whether keys can be kept right now, seen by keeping, reading and removing one of no account. Asks nobody.
    async fn status(&self) -> Result<Kept, KeychainError>;

    /// A person wants it open: the keychain asks its user, also one that was asked before.
    async fn unlock(&self) -> Result<(), KeychainError>;

    /// How it is, by looking. Asks nobody.
    async fn look(&self) -> Look;
}
