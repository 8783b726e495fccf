//! How the engine comes by a provider without knowing any vendor.

use std::sync::Arc;

use async_trait::async_trait;
use partway_core::Failure;
use partway_provider::Provider;

use crate::record::Destination;

/// Makes providers for destinations; `app` implements it with the vendors and the keychain.
#[async_trait]
pub trait Providers: Send + Sync + 'static {
    /// The provider of a destination, with its key.
    ///
    /// # Errors
    /// Class `Credentials` where the key is not at hand or cannot be read.
    async fn provider(&self, destination: &Destination) -> Result<Arc<dyn Provider>, Failure>;
}
