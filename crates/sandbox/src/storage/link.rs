//! Presigned links of parts: which upload and part a link is for.

use http::HeaderMap;
use jiff::Timestamp;

use super::presigned::{self, Asked};
use super::query;
use super::refusal::Refusal;
use super::sign::Signer;

/// The checksum of no bytes: a link that names it accepts no body.
pub(crate) const EMPTY_CHECKSUM: &str = "AAAAAA==";
/// A parameter of links that were issued again; the storage ignores any signed `x-` parameter.
pub(crate) const AGAIN: &str = "x-sandbox-again";

/// What a valid link says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The upload that the part belongs to.
    pub(crate) upload: String,
    /// The part's number, from 1.
    pub(crate) part: u32,
    /// Names of the headers it signed, lower-case.
    pub(crate) signed: Vec<String>,
    /// The issue of links it belongs to; `None` for the first.
    pub(crate) again: Option<String>,
    /// Its query, decoded.
    pub(crate) query: Vec<(String, String)>,
}

/// Judges a request's link: its signature first, then its upload and part.
pub(crate) fn judge(
    signer: &Signer,
    method: &str,
    path: &str,
    raw_query: &str,
    headers: &HeaderMap,
    began: Timestamp,
) -> Result<Target, Refusal> {
    let pairs = query::pairs(raw_query).ok_or_else(presigned::unreadable)?;
    let asked = Asked { method, path, query: &pairs, headers };
    let signed = presigned::judge(signer, &asked, began)?;
    let one = |name: &str| query::one(&pairs, name);
    let upload = one("uploadId").ok_or_else(|| Refusal::argument("A part needs an uploadId"))?;
    let part = part_number(one("partNumber"))?;
    let (upload, again) = (upload.to_owned(), one(AGAIN).map(str::to_owned));
    Ok(Target { upload, part, signed, again, query: pairs })
}

/// Parses a part number.
pub(crate) fn part_number(text: Option<&str>) -> Result<u32, Refusal> {
    text.and_then(|n| n.parse().ok()).filter(|n| (1..=10_000).contains(n)).ok_or_else(|| {
        Refusal::argument("Part number must be an integer between 1 and 10000, inclusive")
            .with("ArgumentName", "partNumber")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    const AT: &str = "2026-11-21T03:00:00Z";

    fn at(seconds: i64) -> Timestamp {
        AT.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
    }

    fn signer() -> Signer {
        Signer::new("SANDBOXA".to_owned(), "secret".to_owned())
    }

    fn link() -> String {
        let own = [("partNumber", "3".to_owned()), ("uploadId", "u".to_owned())];
        signer().presign("PUT", "127.0.0.1:9", "/storage/a b/ü.mov", &own, at(0), 60)
    }

    fn judged(query: &str, seconds: i64) -> Result<Target, Refusal> {
        judged_at("PUT", "/storage/a%20b/%C3%BC.mov", query, "127.0.0.1:9", seconds)
    }

    fn judged_at(method: &str, path: &str, query: &str, host: &str, seconds: i64) -> Result<Target, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse().unwrap());
        judge(&signer(), method, path, query, &headers, at(seconds))
    }

    #[test]
    fn an_own_link_is_good() {
        let target = judged(&link(), 1).unwrap();
        assert_eq!((target.upload.as_str(), target.part), ("u", 3));
        assert_eq!(target.signed, ["host"]);
    }

    #[test]
    fn a_link_lives_exactly_as_long_as_it_says() {
        assert!(judged(&link(), 60).is_ok());
        let refusal = judged(&link(), 61).unwrap_err();
        assert_eq!(refusal.message, "Request has expired");
        assert!(refusal.more.contains(&("Expires", "2026-11-21T03:01:00Z".to_owned())));
        assert!(refusal.more.contains(&("ServerTime", "2026-11-21T03:01:01Z".to_owned())));
        assert!(judged(&link(), -900).is_ok());
        assert_eq!(judged(&link(), -901).unwrap_err().message, "Request is not yet valid");
    }

    #[test]
    fn any_change_breaks_the_signature() {
        let code = |r: Result<Target, Refusal>| r.unwrap_err().code;
        let path = "/storage/a%20b/%C3%BC.mov";
        assert_eq!(code(judged(&link().replace("partNumber=3", "partNumber=4"), 1)), "SignatureDoesNotMatch");
        assert_eq!(code(judged(&link().replace("Expires=60", "Expires=600"), 1)), "SignatureDoesNotMatch");
        assert_eq!(code(judged_at("GET", path, &link(), "127.0.0.1:9", 1)), "SignatureDoesNotMatch");
        assert_eq!(code(judged_at("PUT", path, &link(), "127.0.0.1:8", 1)), "SignatureDoesNotMatch");
        assert_eq!(code(judged_at("PUT", "/storage/b", &link(), "127.0.0.1:9", 1)), "SignatureDoesNotMatch");
        assert_eq!(code(judged(&link().replace("SANDBOXA", "SANDBOXB"), 1)), "InvalidAccessKeyId");
        assert_eq!(code(judged("partNumber=3&uploadId=u", 1)), "AccessDenied");
        assert_eq!(code(judged(&format!("{}&X-Amz-Date=x", link()), 1)), "AuthorizationQueryParametersError");
    }
}
