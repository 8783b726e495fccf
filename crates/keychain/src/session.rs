//! Keys in memory, for this session only.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use partway_core::ApiKey;

use crate::{Kept, Keychain, KeychainError, Look};

/// Keeps keys until the process ends, for machines without a keychain.
#[derive(Default)]
pub struct SessionKeychain {
    keys: Mutex<HashMap<String, ApiKey>>,
}

impl SessionKeychain {
    /// Creates an empty keychain.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<String, ApiKey>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for SessionKeychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKeychain").field("keys", &self.keys().len()).finish()
    }
}

#[async_trait]
impl Keychain for SessionKeychain {
    async fn get(&self, account: &str) -> Result<Option<ApiKey>, KeychainError> {
        Ok(self.keys().get(account).cloned())
    }

    async fn set(&self, account: &str, key: &ApiKey) -> Result<(), KeychainError> {
        self.keys().insert(account.to_owned(), key.clone());
        Ok(())
    }

    async fn remove(&self, account: &str) -> Result<(), KeychainError> {
        self.keys().remove(account);
        Ok(())
    }

    async fn status(&self) -> Result<Kept, KeychainError> {
        Ok(Kept::ThisSession)
    }

    async fn unlock(&self) -> Result<(), KeychainError> {
        Ok(())
    }

    async fn look(&self) -> Look {
        Look::Open
    }
}
