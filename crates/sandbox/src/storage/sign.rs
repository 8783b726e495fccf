//! Signature Version 4, implemented here without borrowed code.
//!
//! AWS, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" and "… Using the
//! Authorization Header".

use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::query;
use crate::clock::amz_date;

/// The only algorithm.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The region of the sandbox's own signatures, defined once.
pub(crate) const REGION: &str = "us-east-1";
/// Replaces the hash of an unsigned body.
pub(crate) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// Credentials that sign.
pub(crate) struct Signer {
    pub(crate) access_key: String,
    secret: String,
    /// The region in every scope.
    pub(crate) region: String,
    /// The token of temporary credentials; permanent ones have none.
    pub(crate) token: Option<String>,
    /// The key of the last scope: a start signs ten thousand links with one.
    last: Mutex<(String, Vec<u8>)>,
}

/// What a signature covers.
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    /// The path, decoded.
    pub(crate) path: &'a str,
    /// The query without the signature, decoded.
    pub(crate) query: &'a [(String, String)],
    /// Lower-case names with trimmed values, sorted by name.
    pub(crate) headers: &'a [(String, String)],
    /// `X-Amz-Date` as written.
    pub(crate) date: &'a str,
    /// The body's SHA-256 in hex, or `UNSIGNED`.
    pub(crate) payload: &'a str,
}

/// The headers with these names as a signature covers them: values of one name joined, blanks trimmed and
/// collapsed.
pub(crate) fn covered(headers: &HeaderMap, names: &[String]) -> Vec<(String, String)> {
    let value = |value: &http::HeaderValue| {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    };
    let all = |name| headers.get_all(name).iter().map(value).collect::<Vec<_>>().join(",");
    names.iter().map(|name| (name.clone(), all(name))).collect()
}

impl Signer {
    /// A signer with this key and secret, in the sandbox's region.
    pub(crate) fn new(access_key: String, secret: String) -> Self {
        Self { access_key, secret, region: REGION.to_owned(), token: None, last: Mutex::default() }
    }

    /// In another region.
    #[must_use]
    pub(crate) fn in_region(self, region: &str) -> Self {
        Self { region: region.to_owned(), ..self }
    }

    /// With temporary credentials, which include the token.
    #[must_use]
    pub(crate) fn with_token(self, token: Option<String>) -> Self {
        Self { token, ..self }
    }

    /// `20261121/us-east-1/s3/aws4_request` for the day of this date.
    pub(crate) fn scope(&self, date: &str) -> String {
        let day = date.get(..8).unwrap_or(date);
        format!("{day}/{}/s3/aws4_request", self.region)
    }

    /// The signature, in lower-case hex.
    pub(crate) fn signature(&self, signed: &Signed<'_>) -> String {
        let headers: String =
            signed.headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let names: Vec<_> = signed.headers.iter().map(|(name, _)| name.as_str()).collect();
        let request = format!(
            "{}\n{}\n{}\n{headers}\n{}\n{}",
            signed.method,
            query::encode_path(signed.path),
            query::canonical(signed.query),
            names.join(";"),
            signed.payload,
        );
        let scope = self.scope(signed.date);
        let digest = hex::encode(Sha256::digest(request.as_bytes()));
        let text = format!("{ALGORITHM}\n{}\n{scope}\n{digest}", signed.date);
        hex::encode(hmac(&self.key(&scope), text.as_bytes()))
    }

    /// The signing key of a scope.
    fn key(&self, scope: &str) -> Vec<u8> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != scope {
            let mut key = format!("AWS4{}", self.secret).into_bytes();
            for step in scope.split('/') {
                key = hmac(&key, step.as_bytes());
            }
            *last = (scope.to_owned(), key);
        }
        last.1.clone()
    }

    /// The query of a presigned URL: these pairs, the signer, the time, the lifetime, and the signature.
    pub(crate) fn presign(
        &self,
        method: &str,
        host: &str,
        path: &str,
        own: &[(&str, String)],
        at: Timestamp,
        expires: u64,
    ) -> String {
        let date = amz_date(at);
        let credential = format!("{}/{}", self.access_key, self.scope(&date));
        let mut all: Vec<(String, String)> =
            own.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        for (name, value) in [
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", &credential),
            ("X-Amz-Date", &date),
            ("X-Amz-Expires", &expires.to_string()),
            ("X-Amz-SignedHeaders", "host"),
        ] {
            all.push((name.to_owned(), value.to_owned()));
        }
        let headers = [("host".to_owned(), host.to_owned())];
        let signed = Signed { method, path, query: &all, headers: &headers, date: &date, payload: UNSIGNED };
        let signature = self.signature(&signed);
        format!("{}&X-Amz-Signature={signature}", query::canonical(&all))
    }
}

/// HMAC-SHA256.
pub(crate) fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length (RFC 2104), so this cannot fail.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mut mac| {
            mac.update(text);
            mac.finalize().into_bytes().to_vec()
        })
        .unwrap_or_default()
}

/// Compares in constant time.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS's own worked example, from "Authenticating Requests: Using Query Parameters".
    #[test]
    fn the_documented_example_comes_out() {
        let signer = Signer::new(
            "AKIAIOSFODNN7EXAMPLE".to_owned(),
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        );
        let at: Timestamp = "2013-05-24T00:00:00Z".parse().unwrap();
        let query = signer.presign("GET", "examplebucket.s3.amazonaws.com", "/test.txt", &[], at, 86400);
        assert!(
            query.ends_with(
                "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
            ),
            "{query}"
        );
    }

    /// AWS's worked example for the other form, "PUT Object" in "Authorization Header: Signature Calculations".
    #[test]
    fn the_documented_header_example_comes_out() {
        let signer = Signer::new(
            "AKIAIOSFODNN7EXAMPLE".to_owned(),
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        );
        let payload = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        let mut headers = HeaderMap::new();
        headers.insert("date", "Fri, 24 May 2013 00:00:00 GMT".parse().unwrap());
        headers.insert("host", "examplebucket.s3.amazonaws.com".parse().unwrap());
        headers.insert("x-amz-content-sha256", payload.parse().unwrap());
        headers.insert("x-amz-date", "20130524T000000Z".parse().unwrap());
        headers.insert("x-amz-storage-class", " REDUCED_REDUNDANCY ".parse().unwrap());
        let names = ["date", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-storage-class"];
        let signature = signer.signature(&Signed {
            method: "PUT",
            path: "/test$file.text",
            query: &[],
            headers: &covered(&headers, &names.map(str::to_owned)),
            date: "20130524T000000Z",
            payload,
        });
        assert_eq!(signature, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    }

    #[test]
    fn equal_is_equal_and_nothing_else() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"ab"));
    }
}
