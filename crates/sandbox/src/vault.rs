//! The storage side: uploads in progress, finished objects, and the signer of the links to both.

use crate::options::AfterComplete;
use crate::sessions::finish::Objects;
use crate::sessions::shelf::Shelf;
use crate::storage::sign::Signer;
use crate::store::client::Store;

/// The half of a sandbox that holds the bytes.
pub(crate) struct Vault {
    pub(crate) shelf: Shelf,
    pub(crate) objects: Objects,
    /// Signs the links that vendors hand out.
    pub(crate) signer: Signer,
    /// The S3 server that stores the vendors' parts, if it is not the sandbox itself.
    pub(crate) store: Option<Store>,
    /// The answer to a second complete of one upload.
    pub(crate) after_complete: AfterComplete,
}
