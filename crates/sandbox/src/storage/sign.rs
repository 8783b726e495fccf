//! Signature Version 4 in its query form, computed here and nowhere borrowed.
//!
//! AWS, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".

use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::query;
use crate::clock::amz_date;

/// The only algorithm there is.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The region in every scope; the sandbox stands in one place.
const REGION: &str = "us-east-1";

/// Who signs.
pub(crate) struct Signer {
    pub(crate) access_key: String,
    secret: String,
    /// The key of the last scope that was signed for: a start signs ten thousand links with one.
    last: Mutex<(String, Vec<u8>)>,
}

/// What a signature covers.
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    /// The path, decoded.
    pub(crate) path: &'a str,
    /// All of the query but the signature, decoded.
    pub(crate) query: &'a [(String, String)],
    /// Lower-case names with trimmed values, sorted by name.
    pub(crate) headers: &'a [(String, String)],
    /// `X-Amz-Date` as it is written.
    pub(crate) date: &'a str,
}

impl Signer {
    /// A signer with its own secret.
    pub(crate) fn new(access_key: String, secret: String) -> Self {
        Self { access_key, secret, last: Mutex::default() }
    }

    /// `20261121/us-east-1/s3/aws4_request` for the day of this date.
    pub(crate) fn scope(date: &str) -> String {
        let day = date.get(..8).unwrap_or(date);
        format!("{day}/{REGION}/s3/aws4_request")
    }

    /// The signature, in lower-case hex.
    pub(crate) fn signature(&self, signed: &Signed<'_>) -> String {
        let headers: String =
            signed.headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let names: Vec<_> = signed.headers.iter().map(|(name, _)| name.as_str()).collect();
        let request = format!(
            "{}\n{}\n{}\n{headers}\n{}\nUNSIGNED-PAYLOAD",
            signed.method,
            query::encode_path(signed.path),
            query::canonical(signed.query),
            names.join(";"),
        );
        let scope = Self::scope(signed.date);
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

    /// The query of a presigned URL: these pairs, who signed, when, for how long, and the signature.
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
        let credential = format!("{}/{}", self.access_key, Self::scope(&date));
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
        let signature = self.signature(&Signed { method, path, query: &all, headers: &headers, date: &date });
        format!("{}&X-Amz-Signature={signature}", query::canonical(&all))
    }
}

/// HMAC-SHA256.
pub(crate) fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length (RFC 2104), so the refusal cannot come.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mut mac| {
            mac.update(text);
            mac.finalize().into_bytes().to_vec()
        })
        .unwrap_or_default()
}

/// Compares without telling by its time where the difference is.
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

    #[test]
    fn equal_is_equal_and_nothing_else() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"ab"));
    }
}
