//! Where one part is sent.

use partway_core::{PartNumber, SignedUrl};

/// Method (always PUT), URL, headers and lifetime of one part's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartTarget {
    /// The part's number.
    pub number: PartNumber,
    /// Where to send it. As sensitive as a password.
    pub url: SignedUrl,
    /// Exactly these headers are sent, besides Host and Content-Length.
    pub headers: Vec<(String, String)>,
    /// Until when a request may start, Unix seconds by the server's clock, if known.
    pub expires_at: Option<u64>,
}
