//! Reads an answer's headers: time, wait, redirect target, ETag.

use http::HeaderMap;
use http::header::{DATE, ETAG, LOCATION, RETRY_AFTER};
use partway_core::{Etag, proof};

use crate::redact::redact;

/// The server's clock by its `Date` header, Unix seconds.
pub(crate) fn server_time(headers: &HeaderMap) -> Option<u64> {
    partway_core::http_date(headers.get(DATE)?.to_str().ok()?)
}

/// `Retry-After`, relative to the server's own clock; without a `Date`, only seconds are understood.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<std::time::Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    partway_core::retry_after(value, server_time(headers).unwrap_or(u64::MAX))
}

/// The target of an unwanted redirect, without its query.
pub(crate) fn redirect_target(headers: &HeaderMap) -> Option<String> {
    let location = headers.get(LOCATION)?.to_str().ok()?;
    Some(format!("it wants to send us on to {}", redact(location)))
}

/// The ETag, without quotes and without a leading `W/`.
pub(crate) fn etag(headers: &HeaderMap) -> Option<Etag> {
    let bare = proof::bare(headers.get(ETAG)?.to_str().ok()?);
    (!bare.is_empty()).then(|| Etag(bare.to_owned()))
}

/// With KMS or a customer key the ETag also has 32 hex digits, but is no MD5 (AWS, "Object": ETag).
pub(crate) fn is_encrypted(headers: &HeaderMap) -> bool {
    headers.contains_key("x-amz-server-side-encryption-customer-algorithm")
        || headers
            .get("x-amz-server-side-encryption")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("aws:kms"))
}
