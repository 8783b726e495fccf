//! Which headers a part may have: exactly those its link names, plus Host and Content-Length.

use http::{HeaderMap, StatusCode, header};

use super::refusal::Refusal;

/// Judges a part's headers against those that its link signed (lower-case), and returns its Content-Length.
pub(crate) fn judge(headers: &HeaderMap, signed: &[String]) -> Result<u64, Refusal> {
    strangers(headers)?;
    not_signed(headers, signed)?;
    length(headers)
}

/// Refuses headers that do not belong with a presigned link.
pub(crate) fn strangers(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(Refusal::argument(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
        )
        .with("ArgumentName", "Authorization"));
    }
    for name in ["x-api-key", "cookie", "expect"] {
        if headers.contains_key(name) {
            let status =
                if name == "expect" { StatusCode::EXPECTATION_FAILED } else { StatusCode::BAD_REQUEST };
            return Err(Refusal::new(
                status,
                "InvalidRequest",
                format!(
                    "{name} must not be sent with a part: a presigned link carries all that storage needs"
                ),
            )
            .with("HeaderName", name));
        }
    }
    Ok(())
}

/// Refuses headers that must not be sent unsigned: `x-amz-*` and `Content-MD5`.
pub(crate) fn not_signed(headers: &HeaderMap, signed: &[String]) -> Result<(), Refusal> {
    let unsigned: Vec<&str> = headers
        .keys()
        .map(http::HeaderName::as_str)
        .filter(|name| name.starts_with("x-amz-") || *name == "content-md5")
        .filter(|name| !signed.iter().any(|s| s == name))
        .collect();
    if !unsigned.is_empty() {
        let message = "There were headers present in the request which were not signed";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "AccessDenied", message)
            .with("HeadersNotSigned", unsigned.join(", ")));
    }
    Ok(())
}

/// The Content-Length, which the storage requires; chunked bodies have none.
pub(crate) fn length(headers: &HeaderMap) -> Result<u64, Refusal> {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(Refusal::not_implemented("Header", "Transfer-Encoding"));
    }
    headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok()).ok_or_else(|| {
        let message = "You must provide the Content-Length HTTP header.";
        Refusal::new(StatusCode::LENGTH_REQUIRED, "MissingContentLength", message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(pairs: &[(&'static str, &str)], signed: &[&str]) -> Result<u64, Refusal> {
        let headers =
            pairs.iter().map(|(n, v)| (http::HeaderName::from_static(n), v.parse().unwrap())).collect();
        judge(&headers, &signed.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn host_length_and_type_are_enough() {
        let given =
            [("host", "h"), ("content-length", "7"), ("content-type", "video/mp4"), ("user-agent", "x")];
        assert_eq!(judged(&given, &["host"]), Ok(7));
    }

    #[test]
    fn what_was_not_signed_is_named() {
        let given = [("content-length", "7"), ("x-amz-acl", "private"), ("content-md5", "x")];
        let refusal = judged(&given, &["host"]).unwrap_err();
        assert_eq!((refusal.status.as_u16(), refusal.code), (403, "AccessDenied"));
        let (tag, names) = &refusal.more[0];
        assert_eq!(*tag, "HeadersNotSigned");
        assert!(names.contains("x-amz-acl") && names.contains("content-md5"), "{names}");
        assert_eq!(judged(&given, &["content-md5", "host", "x-amz-acl"]), Ok(7));
    }

    #[test]
    fn keys_cookies_and_expectations_have_no_place_on_a_part() {
        for name in ["authorization", "x-api-key", "cookie", "expect"] {
            let refusal = judged(&[("content-length", "7"), (name, "x")], &["host"]).unwrap_err();
            assert!(refusal.status.is_client_error(), "{name}");
            assert!(refusal.more[0].1.eq_ignore_ascii_case(name), "{name}: {refusal:?}");
        }
    }

    #[test]
    fn a_length_is_needed_and_chunks_are_not_taken() {
        assert_eq!(judged(&[], &[]).unwrap_err().code, "MissingContentLength");
        assert_eq!(judged(&[("transfer-encoding", "chunked")], &[]).unwrap_err().code, "NotImplemented");
    }
}
