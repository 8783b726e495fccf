//! How the engine comes by a provider without knowing any vendor.

use std::sync::Arc;

use async_trait::async_trait;
use partway_core::Failure;
use partway_http::PartClient;
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

    /// The client for a destination's parts, where it is not the usual one: a destination may trust servers that others do not.
    fn parts(&self, _destination: &Destination) -> Option<PartClient> {
        None
    }

    /// Closes connections of such clients that are kept for later.
    fn forget_connections(&self) {}
}
