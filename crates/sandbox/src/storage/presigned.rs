//! A request signed in its query (a presigned link): form, lifetime, signature.

use http::{HeaderMap, StatusCode, header};
use jiff::{SignedDuration, Timestamp};

use super::query;
use super::refusal::Refusal;
use super::sign::{ALGORITHM, Signed, Signer, UNSIGNED, covered, same};
use crate::clock::amz_date;
use crate::options::LONGEST_TTL;

/// How far a request's date may be off from the server's clock (S3's tolerance).
pub(crate) const TOLERANCE: SignedDuration = SignedDuration::from_mins(15);

/// The header with the body's SHA-256.
pub(crate) const BODY: &str = "x-amz-content-sha256";

/// The parts of a request that a signature can cover.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    /// The path as received.
    pub(crate) path: &'a str,
    /// The query, decoded.
    pub(crate) query: &'a [(String, String)],
    pub(crate) headers: &'a HeaderMap,
}

/// 400 for a query without a valid signature form.
fn malformed(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "AuthorizationQueryParametersError", message)
}

/// 400 for a query that cannot be decoded.
pub(crate) fn unreadable() -> Refusal {
    malformed("The query is not encoded properly")
}

/// Judges form, lifetime (as of the request's beginning) and signature, in this order, as S3 does. Returns
/// the names of the signed headers, lower-case.
pub(crate) fn judge(signer: &Signer, asked: &Asked<'_>, began: Timestamp) -> Result<Vec<String>, Refusal> {
    let needed = |name: &str| {
        query::one(asked.query, name)
            .ok_or_else(|| malformed(&format!("Query-string authentication version 4 requires one {name}")))
    };
    if !asked.query.iter().any(|(name, _)| name.starts_with("X-Amz-")) {
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
    known(signer, access_key, query::one(asked.query, "X-Amz-Security-Token"))?;
    if scope != signer.scope(date) {
        return Err(malformed("The credential's scope is not this region, this service and this day")
            .with("Region", &signer.region));
    }
    let from =
        parse_date(date).ok_or_else(|| malformed("X-Amz-Date must be in the form 20131231T235959Z"))?;
    if from.duration_since(began) > TOLERANCE {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "AccessDenied", "Request is not yet valid"));
    }
    let ends = from.checked_add(SignedDuration::from_secs(life.cast_signed())).unwrap_or(from);
    if began > ends {
        return Err(Refusal::expired(life, ends, began));
    }
    let query: Vec<_> = asked.query.iter().filter(|(name, _)| name != "X-Amz-Signature").cloned().collect();
    // A link may bind its body by signing the header with its hash.
    let said = asked.headers.get(BODY).filter(|_| signed.iter().any(|name| name == BODY));
    let payload = said.and_then(|value| value.to_str().ok()).unwrap_or(UNSIGNED);
    let covers = Covers { query: &query, signed: &signed, date, payload };
    holds(signer, asked, &covers, signature)?;
    Ok(signed)
}

/// What a signature claims to cover.
pub(crate) struct Covers<'a> {
    pub(crate) query: &'a [(String, String)],
    pub(crate) signed: &'a [String],
    pub(crate) date: &'a str,
    pub(crate) payload: &'a str,
}

/// Recomputes the signature. It must cover `host`, and the names must be in order.
pub(crate) fn holds(
    signer: &Signer,
    asked: &Asked<'_>,
    covers: &Covers<'_>,
    signature: &str,
) -> Result<(), Refusal> {
    let expected = query::decode(asked.path).map(|path| {
        signer.signature(&Signed {
            method: asked.method,
            path: &path,
            query: covers.query,
            headers: &covered(asked.headers, covers.signed),
            date: covers.date,
            payload: covers.payload,
        })
    });
    let host = covers.signed.iter().any(|name| name == header::HOST.as_str());
    let good = expected.is_some_and(|expected| same(expected.as_bytes(), signature.as_bytes()));
    if host && covers.signed.is_sorted() && good {
        return Ok(());
    }
    let message = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
    Err(Refusal::new(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message)
        .with("AWSAccessKeyId", &signer.access_key))
}

/// Judges the signer: the access key, and the token if the credentials are temporary.
pub(crate) fn known(signer: &Signer, access_key: &str, token: Option<&str>) -> Result<(), Refusal> {
    let unknown = || {
        let message = "The AWS Access Key Id you provided does not exist in our records.";
        Refusal::new(StatusCode::FORBIDDEN, "InvalidAccessKeyId", message)
            .with("AWSAccessKeyId", access_key.chars().take(128).collect::<String>())
    };
    if access_key != signer.access_key {
        return Err(unknown());
    }
    match (&signer.token, token) {
        (None, None) => Ok(()),
        (Some(own), Some(given)) if same(own.as_bytes(), given.as_bytes()) => Ok(()),
        (Some(_), None) => Err(unknown()), // a temporary key is known only with its token
        (_, Some(_)) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "InvalidToken",
            "The provided token is malformed or otherwise invalid.",
        )),
    }
}

/// Parses `20261121T032935Z`, and nothing that only resembles it.
pub(crate) fn parse_date(date: &str) -> Option<Timestamp> {
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

    #[test]
    fn dates_are_read_in_one_form_only() {
        assert_eq!(parse_date("20261121T030000Z"), Some("2026-11-21T03:00:00Z".parse().unwrap()));
        assert_eq!(parse_date("20261121X030000Z"), None);
        assert_eq!(parse_date("20261121T030000+"), None);
        assert_eq!(parse_date("2026"), None);
    }

    #[test]
    fn a_temporary_key_comes_with_its_token_and_a_permanent_one_without() {
        let signer = || Signer::new("A".to_owned(), "s".to_owned());
        let code = |r: Result<(), Refusal>| r.map_err(|refusal| refusal.code);
        assert_eq!(code(known(&signer(), "A", None)), Ok(()));
        assert_eq!(code(known(&signer(), "B", None)), Err("InvalidAccessKeyId"));
        assert_eq!(code(known(&signer(), "A", Some("t"))), Err("InvalidToken"));
        let short = signer().with_token(Some("t".to_owned()));
        assert_eq!(code(known(&short, "A", Some("t"))), Ok(()));
        assert_eq!(code(known(&short, "A", Some("u"))), Err("InvalidToken"));
        assert_eq!(code(known(&short, "A", None)), Err("InvalidAccessKeyId"));
    }
}
