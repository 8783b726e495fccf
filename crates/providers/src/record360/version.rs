//! The API version.

use http::header::ACCEPT;
use http::{HeaderName, HeaderValue};

/// The API version, which is sent with every call.
pub(crate) const fn accept() -> (HeaderName, HeaderValue) {
    (ACCEPT, HeaderValue::from_static("application/json; version=1"))
}
