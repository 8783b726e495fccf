//! AutoRender: `POST /api/v1/multipart/start` and `/complete`, parts at presigned links, files by their public URL.

mod fields;
mod reply;
mod routes;
mod vendor;

pub(crate) use self::routes::{destination, routes};

/// Its name.
pub(crate) const KIND: &str = "autorender";
/// Its base URL's path.
const BASE: &str = "/autorender";

/// One workspace of AutoRender.
pub(crate) struct AutoRender {
    /// The API key.
    pub(crate) key: String,
    /// The public half that `start` names in its reply; grants nothing.
    pub(crate) public_key: String,
    /// What `start` and `complete` name.
    pub(crate) workspace: String,
    /// Bytes of a part.
    pub(crate) part_size: u64,
    /// Seconds that links live at most.
    pub(crate) ttl: u64,
}
