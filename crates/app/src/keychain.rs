//! The system's keychain, opened when it is first needed: most commands need none, and a locked one asks the user.

use std::sync::Arc;

use async_trait::async_trait;
use partway_core::ApiKey;
use partway_keychain::{Kept, Keychain, KeychainError, SystemKeychain};
use tokio::sync::OnceCell;

/// The name under which keys stand in the keychain; accounts are the destinations' ids, which no two data folders share.
const SERVICE: &str = "Partway";

/// The keychain of this system, for [`AppOptions`](crate::AppOptions).
#[must_use]
pub fn system_keychain() -> Arc<dyn Keychain> {
    Arc::new(WhenNeeded::default())
}

/// One that could not be opened is tried again at the next call: the user may have unlocked it since.
#[derive(Default)]
struct WhenNeeded(OnceCell<SystemKeychain>);

impl WhenNeeded {
    async fn open(&self) -> Result<&SystemKeychain, KeychainError> {
        self.0.get_or_try_init(|| SystemKeychain::open(SERVICE, SystemKeychain::TIMEOUT)).await
    }
}

#[async_trait]
impl Keychain for WhenNeeded {
    async fn get(&self, account: &str) -> Result<Option<ApiKey>, KeychainError> {
        self.open().await?.get(account).await
    }

    async fn set(&self, account: &str, key: &ApiKey) -> Result<(), KeychainError> {
        self.open().await?.set(account, key).await
    }

    async fn remove(&self, account: &str) -> Result<(), KeychainError> {
        self.open().await?.remove(account).await
    }

    async fn status(&self) -> Result<Kept, KeychainError> {
        self.open().await?.status().await
    }
}
