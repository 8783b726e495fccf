//! Which version of the API is spoken.

use http::header::ACCEPT;
use http::{HeaderName, HeaderValue};

/// The version of the API, which goes with every call.
pub(crate) const fn accept() -> (HeaderName, HeaderValue) {
    (ACCEPT, HeaderValue::from_static("application/json; version=1"))
}
