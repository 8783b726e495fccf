//! What a presigned URL tells of itself: how long it lives, and whether it can work at all.
//!
//! The rules are AWS's, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)"; all kin of S3 keep them.

use url::Url;

/// `x-amz-checksum-crc32` of no bytes at all: signers that compute checksums on their own put it into the link, and the
/// storage then refuses every body but the empty one.
const CHECKSUM_OF_NOTHING: &str = "AAAAAA==";

/// Why a link can never take the part, in words that name the header; `None` where nothing speaks against it.
pub(crate) fn fault(url: &str, size: u64, headers: &[(String, String)]) -> Option<String> {
    let Ok(url) = Url::parse(url) else { return Some("one of its links is not a web address".to_owned()) };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Some("one of its links is not a web address".to_owned());
    }
    if size > 0 && query(&url, "x-amz-checksum-crc32").is_some_and(|value| value == CHECKSUM_OF_NOTHING) {
        return Some(
            "its links demand the checksum of an empty part (x-amz-checksum-crc32=AAAAAA==), so they accept no bytes"
                .to_owned(),
        );
    }
    let signed = query(&url, "x-amz-signedheaders")?;
    let sent = |name: &str| {
        matches!(name, "host" | "content-length" | "")
            || headers.iter().any(|(header, _)| header.eq_ignore_ascii_case(name))
    };
    let missing = signed.split(';').find(|name| !sent(&name.to_ascii_lowercase()))?;
    let missing = partway_http::redact_text(missing);
    Some(format!("its links demand the header {missing}, and it did not say with which value"))
}

/// Until when a request may start, Unix seconds by the storage's clock: `X-Amz-Date` and `X-Amz-Expires`.
///
/// With `X-Amz-Security-Token` the link may end sooner, together with the token, and nothing tells when; so this is the latest.
pub(crate) fn expires_at(url: &str) -> Option<u64> {
    let url = Url::parse(url).ok()?;
    let signed_at: jiff::Timestamp = query(&url, "x-amz-date")?.parse().ok()?;
    let life: u64 = query(&url, "x-amz-expires")?.parse().ok()?;
    u64::try_from(signed_at.as_second()).ok()?.checked_add(life)
}

/// A parameter of the query, its name in any case.
fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
}
