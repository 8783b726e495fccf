//! Presigned links: making one for a part, and judging one that comes back.

use http::{HeaderMap, StatusCode, header};
use jiff::{SignedDuration, Timestamp};

use super::query;
use super::refusal::Refusal;
use super::sign::{ALGORITHM, Signed, Signer, same};
use crate::clock::amz_date;
use crate::options::LONGEST_TTL;

/// How far ahead of the server a link's date may lie (S3's tolerance for clocks).
const EARLY: SignedDuration = SignedDuration::from_mins(15);
/// The checksum of nothing: a link that names it can take no body.
pub(crate) const EMPTY_CHECKSUM: &str = "AAAAAA==";
/// In the query of links that were issued again; storage lets any `x-` parameter pass that is signed.
pub(crate) const AGAIN: &str = "x-sandbox-again";

/// What a good link says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The upload that the part belongs to.
    pub(crate) upload: String,
    /// The part's number, from 1.
    pub(crate) part: u32,
    /// Names of the headers it signed, lower-case.
    pub(crate) signed: Vec<String>,
    /// Which of several issues of links it belongs to; nothing for the first.
    pub(crate) again: Option<String>,
    /// The link demands the checksum of an empty body.
    pub(crate) poisoned: bool,
}

/// Judges a request's link: form, life (at the moment the request began), signature; in this order, as S3 does.
pub(crate) fn judge(
    signer: &Signer,
    method: &str,
    path: &str,
    raw_query: &str,
    headers: &HeaderMap,
    began: Timestamp,
) -> Result<Target, Refusal> {
    let malformed =
        |message: &str| Refusal::new(StatusCode::BAD_REQUEST, "AuthorizationQueryParametersError", message);
    let pairs = query::pairs(raw_query).ok_or_else(|| malformed("The query is not encoded properly"))?;
    let one = |name: &str| {
        let mut found = pairs.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
        found.next().filter(|_| found.next().is_none())
    };
    let needed = |name: &str| {
        one(name)
            .ok_or_else(|| malformed(&format!("Query-string authentication version 4 requires one {name}")))
    };
    if !pairs.iter().any(|(name, _)| name.starts_with("X-Amz-")) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied"));
    }
    if needed("X-Amz-Algorithm")? != ALGORITHM {
        return Err(malformed("X-Amz-Algorithm only supports AWS4-HMAC-SHA256"));
    }
    let credential = needed("X-Amz-Credential")?;
    let date = needed("X-Amz-Date")?;
    let life: u64 = needed("X-Amz-Expires")?
        .parse()
        .ok()
        .filter(|life| (1..=LONGEST_TTL).contains(life))
        .ok_or_else(|| malformed("X-Amz-Expires must be a number between 1 and 604800"))?;
    let signed: Vec<String> = needed("X-Amz-SignedHeaders")?.split(';').map(str::to_owned).collect();
    let signature = needed("X-Amz-Signature")?;

    let (access_key, scope) = credential.split_once('/').unwrap_or((credential, ""));
    if access_key != signer.access_key {
        let message = "The AWS Access Key Id you provided does not exist in our records.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "InvalidAccessKeyId", message));
    }
    if scope != Signer::scope(date) {
        return Err(malformed("The credential's scope is not this region, this service and this day"));
    }
    let from =
        parse_date(date).ok_or_else(|| malformed("X-Amz-Date must be in the form 20131231T235959Z"))?;
    if from.duration_since(began) > EARLY {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "AccessDenied", "Request is not yet valid"));
    }
    let ends = from.checked_add(SignedDuration::from_secs(life.cast_signed())).unwrap_or(from);
    if began > ends {
        return Err(Refusal::expired(life, ends, began));
    }

    let mut lines = Vec::new();
    for name in &signed {
        let values: Vec<_> =
            headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).map(str::trim).collect();
        lines.push((name.clone(), values.join(",")));
    }
    let covered: Vec<_> = pairs.iter().filter(|(name, _)| name != "X-Amz-Signature").cloned().collect();
    let expected = query::decode(path).map(|path| {
        signer.signature(&Signed { method, path: &path, query: &covered, headers: &lines, date })
    });
    let host_signed = signed.iter().any(|name| name == header::HOST.as_str());
    if !host_signed || !expected.is_some_and(|expected| same(expected.as_bytes(), signature.as_bytes())) {
        let message = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message)
            .with("AWSAccessKeyId", access_key));
    }

    let upload = one("uploadId").ok_or_else(|| Refusal::argument("A part needs an uploadId"))?;
    let part = one("partNumber").and_then(|n| n.parse().ok()).filter(|n| (1..=10_000).contains(n));
    let part = part.ok_or_else(|| {
        Refusal::argument("Part number must be an integer between 1 and 10000, inclusive")
            .with("ArgumentName", "partNumber")
    })?;
    let poisoned = one("x-amz-checksum-crc32") == Some(EMPTY_CHECKSUM);
    let again = one(AGAIN).map(str::to_owned);
    Ok(Target { upload: upload.to_owned(), part, signed, again, poisoned })
}

/// Reads `20261121T032935Z`, and nothing that only resembles it.
fn parse_date(date: &str) -> Option<Timestamp> {
    let read = |range: std::ops::Range<usize>| date.get(range);
    let iso = format!(
        "{}-{}-{}T{}:{}:{}Z",
        read(0..4)?,
        read(4..6)?,
        read(6..8)?,
        read(9..11)?,
        read(11..13)?,
        read(13..15)?
    );
    iso.parse().ok().filter(|at| amz_date(*at) == date)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!((target.upload.as_str(), target.part, target.poisoned), ("u", 3, false));
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

    #[test]
    fn dates_are_read_in_one_form_only() {
        assert_eq!(parse_date("20261121T030000Z"), Some(at(0)));
        assert_eq!(parse_date("20261121X030000Z"), None);
        assert_eq!(parse_date("20261121T030000+"), None);
        assert_eq!(parse_date("2026"), None);
    }
}
