//! AutoRender: `POST /api/v1/multipart/start` and `/complete`, parts at presigned links, files by their
//! public URL.

mod fields;
mod reply;
mod routes;
mod vendor;

pub(crate) use self::routes::{destination, routes};

/// The kind's name.
pub(crate) const KIND: &str = "autorender";
/// The path of its base URL.
const BASE: &str = "/autorender";

/// One workspace of AutoRender.
pub(crate) struct AutoRender {
    /// The API key.
    pub(crate) key: String,
    /// The public half that `start` returns; grants nothing.
    pub(crate) public_key: String,
    /// The workspace that `start` and `complete` return.
    pub(crate) workspace: String,
    /// Part size, bytes.
    pub(crate) part_size: u64,
    /// Longest lifetime of links, seconds.
    pub(crate) ttl: u64,
}
