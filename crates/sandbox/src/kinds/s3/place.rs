//! The target of a request: bucket and key, by path or by host.

use http::request::Parts;
use http::{StatusCode, header};

use super::BUCKET;
use crate::storage::query;
use crate::storage::refusal::Refusal;
use crate::storage::sign::ALGORITHM;

/// Virtual hosts are `BUCKET.localhost`.
const HOSTS: &str = ".localhost";

/// A bucket (empty: none is named) and a key (empty: the bucket itself).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) bucket: String,
    pub(crate) key: String,
}

/// The bucket named by the host.
fn host(head: &Parts) -> Option<&str> {
    let host = head.headers.get(header::HOST)?.to_str().ok()?;
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    host.strip_suffix(HOSTS)
}

/// Whether a request is for this kind: a virtual host, or our bucket's path.
pub(crate) fn is_ours(head: &Parts) -> bool {
    head.uri.path().split('/').nth(1) == Some(BUCKET) || host(head).is_some()
}

/// Whether a request has an S3 signature, so that it is for this kind if no other claims it.
pub(crate) fn is_signed(head: &Parts) -> bool {
    let header = head.headers.get(header::AUTHORIZATION);
    header.is_some_and(|value| value.as_bytes().starts_with(ALGORITHM.as_bytes()))
        || head.uri.query().is_some_and(|query| query.contains("X-Amz-Algorithm="))
}

/// Parses the target.
pub(crate) fn of(head: &Parts) -> Result<Place, Refusal> {
    let path = query::decode(head.uri.path()).ok_or_else(|| {
        Refusal::new(StatusCode::BAD_REQUEST, "InvalidURI", "Couldn't parse the specified URI.")
    })?;
    let path = path.strip_prefix('/').unwrap_or(&path);
    let (bucket, key) = match host(head) {
        Some(bucket) => (bucket, path),
        None => path.split_once('/').unwrap_or((path, "")),
    };
    if key.len() > 1024 {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "KeyTooLongError", "Your key is too long")
            .with("Size", key.len().to_string())
            .with("MaxSizeAllowed", "1024"));
    }
    Ok(Place { bucket: bucket.to_owned(), key: key.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(host: &str, path: &str) -> Parts {
        http::Request::put(path).header("host", host).body(()).unwrap().into_parts().0
    }

    #[test]
    fn bucket_and_key_stand_in_the_path_or_in_the_host() {
        let place = |host, path| of(&head(host, path)).map(|p| (p.bucket, p.key)).unwrap();
        let both = |bucket: &str, key: &str| (bucket.to_owned(), key.to_owned());
        assert_eq!(place("127.0.0.1:9", "/sandbox/a/%C3%BC//b"), both("sandbox", "a/ü//b"));
        assert_eq!(place("127.0.0.1:9", "/sandbox/"), both("sandbox", ""));
        assert_eq!(place("127.0.0.1:9", "/sandbox"), both("sandbox", ""));
        assert_eq!(place("127.0.0.1:9", "/"), both("", ""));
        assert_eq!(place("sandbox.localhost:9", "/storage/x"), both("sandbox", "storage/x"));
        assert_eq!(place("localhost:9", "/other/x"), both("other", "x"));
    }

    #[test]
    fn the_other_kinds_keep_their_paths() {
        assert!(
            is_ours(&head("127.0.0.1:9", "/sandbox/x")) && is_ours(&head("x.localhost:9", "/autorender/x"))
        );
        assert!(
            !is_ours(&head("localhost:9", "/autorender/x")) && !is_ours(&head("localhost:9", "/sandboxes/x"))
        );
    }
}
