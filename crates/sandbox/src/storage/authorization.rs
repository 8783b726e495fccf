//! A request signed in its `Authorization` header: form, date, signature, and the hash of its body.

use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;

use super::headers::not_signed;
use super::presigned::{Asked, BODY, Covers, TOLERANCE, holds, known, parse_date};
use super::refusal::Refusal;
use super::sign::{ALGORITHM, Signer, UNSIGNED};
use crate::clock::iso_seconds;

/// What a valid signature says about the body: its SHA-256 in lower-case hex, or nothing.
pub(crate) type Payload = Option<String>;

/// Judges form, date (as of the request's beginning), signature, and that everything that must be signed is.
pub(crate) fn judge(signer: &Signer, asked: &Asked<'_>, began: Timestamp) -> Result<Payload, Refusal> {
    let value = text(asked.headers, header::AUTHORIZATION.as_str()).unwrap_or("");
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    if scheme != ALGORITHM {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "InvalidRequest",
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
        ));
    }
    let field = |name: &str| {
        let mut all = rest.split(',').filter_map(|field| field.trim().split_once('='));
        all.find(|(n, _)| *n == name)
            .map(|(_, value)| value)
            .ok_or_else(|| malformed(format!("The authorization header is malformed; it has no {name}=")))
    };
    let (access_key, scope) = field("Credential")?.split_once('/').unwrap_or_default();
    let signed: Vec<String> = field("SignedHeaders")?.split(';').map(str::to_owned).collect();
    let signature = field("Signature")?;
    known(signer, access_key, text(asked.headers, "x-amz-security-token"))?;

    let date = text(asked.headers, "x-amz-date").unwrap_or("");
    let from = parse_date(date).ok_or_else(|| {
        let message = "AWS authentication requires a valid Date or x-amz-date header";
        Refusal::new(StatusCode::FORBIDDEN, "AccessDenied", message)
    })?;
    if scope != signer.scope(date) {
        let region = scope.split('/').nth(1).unwrap_or("");
        return Err(malformed(format!(
            "The authorization header is malformed; the scope of the credential is not this day's of the region '{}' ('{region}' was given) and of s3",
            signer.region
        ))
        .with("Region", &signer.region));
    }
    if from.duration_since(began).abs() > TOLERANCE {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
        .with("RequestTime", date)
        .with("ServerTime", iso_seconds(began))
        .with("MaxAllowedSkewMilliseconds", TOLERANCE.as_millis().to_string()));
    }
    let payload = payload(asked.headers)?;
    let covers = Covers { query: asked.query, signed: &signed, date, payload };
    holds(signer, asked, &covers, signature)?;
    not_signed(asked.headers, &signed)?;
    Ok((payload != UNSIGNED).then(|| payload.to_owned()))
}

/// The body's representation in the signature. S3 requires it.
pub(crate) fn payload(headers: &HeaderMap) -> Result<&str, Refusal> {
    let Some(said) = text(headers, BODY) else {
        let message = format!("Missing required header for this request: {BODY}");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "InvalidRequest", message));
    };
    if said.starts_with("STREAMING-") {
        return Err(Refusal::not_implemented("Header", BODY));
    }
    let hex = said.len() == 64 && said.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if said == UNSIGNED || hex {
        return Ok(said);
    }
    let message = format!("{BODY} must be {UNSIGNED} or a valid sha256 value.");
    Err(Refusal::argument(message).with("ArgumentName", BODY).with("ArgumentValue", said))
}

fn malformed(message: String) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "AuthorizationHeaderMalformed", message)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::super::sign::{Signed, covered};
    use super::*;
    use jiff::SignedDuration;

    const DATE: &str = "20261121T030000Z";
    const SHA: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn signer() -> Signer {
        Signer::new("SANDBOXA".to_owned(), "secret".to_owned())
    }

    /// A valid request, changed after it was signed.
    fn judged(seconds: i64, change: impl FnOnce(&mut HeaderMap)) -> Result<Payload, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert("host", "127.0.0.1:9".parse().unwrap());
        headers.insert("x-amz-content-sha256", SHA.parse().unwrap());
        headers.insert("x-amz-date", DATE.parse().unwrap());
        let names = ["host", "x-amz-content-sha256", "x-amz-date"];
        let query = vec![("uploads".to_owned(), String::new())];
        let signature = signer().signature(&Signed {
            method: "POST",
            path: "/b/ü",
            query: &query,
            headers: &covered(&headers, &names.map(str::to_owned)),
            date: DATE,
            payload: SHA,
        });
        let scope = signer().scope(DATE);
        let value = format!(
            "{ALGORITHM} Credential=SANDBOXA/{scope}, SignedHeaders={}, Signature={signature}",
            names.join(";")
        );
        headers.insert("authorization", value.parse().unwrap());
        change(&mut headers);
        let began: Timestamp = "2026-11-21T03:00:00Z".parse().unwrap();
        let began = began + SignedDuration::from_secs(seconds);
        let asked = Asked { method: "POST", path: "/b/%C3%BC", query: &query, headers: &headers };
        judge(&signer(), &asked, began)
    }

    fn refused(seconds: i64, change: impl FnOnce(&mut HeaderMap)) -> (u16, &'static str) {
        let refusal = judged(seconds, change).unwrap_err();
        (refusal.status.as_u16(), refusal.code)
    }

    fn replaced(headers: &mut HeaderMap, name: &'static str, from: &str, to: &str) {
        let value = headers[name].to_str().unwrap().replace(from, to);
        headers.insert(name, value.parse().unwrap());
    }

    #[test]
    fn a_good_request_says_what_its_body_is() {
        assert_eq!(judged(0, |_| {}), Ok(Some(SHA.to_owned())));
    }

    #[test]
    fn clocks_may_differ_by_a_quarter_of_an_hour() {
        for seconds in [-900, 900] {
            assert!(judged(seconds, |_| {}).is_ok(), "{seconds}");
        }
        for seconds in [-901, 901] {
            let refusal = judged(seconds, |_| {}).unwrap_err();
            assert_eq!((refusal.status.as_u16(), refusal.code), (403, "RequestTimeTooSkewed"));
            assert!(refusal.more.iter().any(|(tag, _)| *tag == "ServerTime"));
        }
    }

    #[test]
    fn any_change_breaks_the_signature() {
        let broken = (403, "SignatureDoesNotMatch");
        assert_eq!(refused(0, |h| replaced(h, "host", "9", "8")), broken);
        assert_eq!(refused(0, |h| replaced(h, "x-amz-content-sha256", "e3", "e4")), broken);
        assert_eq!(refused(0, |h| replaced(h, "x-amz-date", "0300", "0301")), broken);
        assert_eq!(refused(0, |h| replaced(h, "authorization", "Signature=", "Signature=0")), broken);
    }

    #[test]
    fn what_is_malformed_is_told() {
        let code = |from: &str, to: &str| refused(0, |h| replaced(h, "authorization", from, to));
        assert_eq!(code("us-east-1", "eu-west-1"), (400, "AuthorizationHeaderMalformed"));
        assert_eq!(code("Signature=", "Sig="), (400, "AuthorizationHeaderMalformed"));
        assert_eq!(code("SANDBOXA", "SANDBOXB"), (403, "InvalidAccessKeyId"));
        assert_eq!(code(ALGORITHM, "Bearer"), (400, "InvalidRequest"));
        let without = |name: &'static str| refused(0, move |h| drop(h.remove(name)));
        assert_eq!(without("x-amz-date"), (403, "AccessDenied"));
        assert_eq!(without("x-amz-content-sha256"), (400, "InvalidRequest"));
    }

    #[test]
    fn what_is_unsigned_is_named_and_what_is_streamed_is_not_taken() {
        assert_eq!(
            refused(0, |h| drop(h.insert("x-amz-acl", "private".parse().unwrap()))),
            (403, "AccessDenied")
        );
        let streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD".parse().unwrap();
        assert_eq!(
            refused(0, |h| drop(h.insert("x-amz-content-sha256", streaming))),
            (501, "NotImplemented")
        );
    }
}
