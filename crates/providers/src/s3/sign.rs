//! Local signing: a request's URL with AWS Signature Version 4 in its query.

use std::time::Duration;

use http::Method;
use jiff::Timestamp;
use rusty_s3::Bucket;
use rusty_s3::signing::sign;
use url::Url;

use super::credentials::Pair;

/// The request to sign.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    /// The object's key; `None` for the bucket itself.
    pub(crate) object: Option<&'a str>,
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// Lower-case names. They must be sent with these values.
    pub(crate) headers: &'a [(String, String)],
    pub(crate) life: Duration,
}

/// The URL at which the request may be made from `now` on, for its lifetime. As sensitive as a password.
pub(crate) fn signed(bucket: &Bucket, pair: &Pair, now: Timestamp, request: Request<'_>) -> Url {
    let url = request.object.map_or_else(|| bucket.base_url().clone(), |key| bucket.object_url(key));
    let mut query = request.query.to_vec();
    query.sort_unstable();
    let mut headers: Vec<_> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    headers.sort_unstable();
    sign(
        &now,
        method(request.method),
        url,
        pair.key.expose(),
        pair.secret.expose(),
        pair.token.as_ref().map(partway_core::ApiKey::expose),
        bucket.region(),
        request.life.as_secs(),
        query.iter().copied(),
        headers.iter().copied(),
    )
}

fn method(method: &Method) -> rusty_s3::Method {
    match *method {
        Method::HEAD => rusty_s3::Method::Head,
        Method::PUT => rusty_s3::Method::Put,
        Method::POST => rusty_s3::Method::Post,
        Method::DELETE => rusty_s3::Method::Delete,
        _ => rusty_s3::Method::Get,
    }
}
