//! What is kept: uploads under way, finished objects, and the signer of the links to both.

use crate::options::AfterComplete;
use crate::sessions::finish::Objects;
use crate::sessions::shelf::Shelf;
use crate::storage::sign::Signer;
use crate::store::client::Store;

/// The side of a sandbox that holds the bytes.
pub(crate) struct Vault {
    pub(crate) shelf: Shelf,
    pub(crate) objects: Objects,
    /// Signs the links that vendors hand out.
    pub(crate) signer: Signer,
    /// The S3 server that takes the vendors' parts, where it is not the sandbox itself.
    pub(crate) store: Option<Store>,
    /// How a second complete of one upload is answered.
    pub(crate) after_complete: AfterComplete,
}
