//! Where one part is sent.

use partway_core::{PartNumber, SignedUrl};

/// Method (always PUT), URL, headers and life of one part's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartTarget {
    /// Which part.
    pub number: PartNumber,
    /// Where it goes. A password.
    pub url: SignedUrl,
    /// Exactly these headers are sent, beside Host and Content-Length.
    pub headers: Vec<(String, String)>,
    /// Until when a request may start, Unix seconds by the server's clock, where it is known.
    pub expires_at: Option<u64>,
}
