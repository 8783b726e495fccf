//! How the engine gets a provider without knowing any vendor.

use std::sync::Arc;

use async_trait::async_trait;
use partway_core::Failure;
use partway_http::PartClient;
use partway_provider::Provider;

use crate::record::Destination;

/// Creates providers for destinations; implemented by `app` with the vendors and the keychain.
#[async_trait]
pub trait Providers: Send + Sync + 'static {
    /// The provider of a destination, with its key.
    ///
    /// # Errors
    /// Class `Credentials` if the key is unavailable or cannot be read.
    async fn provider(&self, destination: &Destination) -> Result<Arc<dyn Provider>, Failure>;

    /// The part client for a destination, if it needs a special one: a destination may trust servers that
    /// others do not.
    fn parts(&self, _destination: &Destination) -> Option<PartClient> {
        None
    }

    /// Closes idle connections of such clients.
    fn forget_connections(&self) {}
}
