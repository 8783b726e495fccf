//! A second implementation of Signature Version 4, written for these tests from AWS's description and shared
//! with no other code.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Keys and region.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) region: String,
    pub(crate) token: Option<String>,
}

/// The request to sign.
#[derive(Debug, Clone)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    /// Decoded.
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// `20130524T000000Z`.
    pub(crate) date: &'a str,
}

/// Percent-encodes all but the unreserved characters and those in `kept`.
pub(crate) fn encode(text: &str, kept: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-._~".contains(c) || kept.contains(c) {
            out.push(c);
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

/// The pairs, encoded and sorted.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let mut all: Vec<_> = pairs.iter().map(|(n, v)| format!("{}={}", encode(n, ""), encode(v, ""))).collect();
    all.sort();
    all.join("&")
}

impl Keys {
    fn scope(&self, date: &str) -> String {
        format!("{}/{}/s3/aws4_request", &date[..8], self.region)
    }

    fn signature(
        &self,
        request: &Request<'_>,
        pairs: &[(&str, &str)],
        headers: &[(String, String)],
        payload: &str,
    ) -> String {
        let lines: String = headers.iter().map(|(n, v)| format!("{n}:{v}\n")).collect();
        let canonical = format!(
            "{}\n{}\n{}\n{lines}\n{}\n{payload}",
            request.method,
            encode(request.path, "/"),
            query(pairs),
            names(headers),
        );
        let hash = hex::encode(Sha256::digest(canonical));
        let scope = self.scope(request.date);
        let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{hash}", request.date);
        let start = format!("AWS4{}", self.secret).into_bytes();
        let key = scope.split('/').fold(start, |key, word| hmac(&key, word));
        hex::encode(hmac(&key, &text))
    }

    /// All headers of a request, including `Authorization`.
    pub(crate) fn by_header(&self, request: &Request<'_>, payload: &str) -> Vec<(String, String)> {
        let own = [("host", request.host), ("x-amz-content-sha256", payload), ("x-amz-date", request.date)];
        let token = self.token.as_deref().map(|token| ("x-amz-security-token", token));
        let headers = sorted(own.iter().copied().chain(token).chain(request.headers.iter().copied()));
        let signature = self.signature(request, request.query, &headers, payload);
        let value = format!(
            "AWS4-HMAC-SHA256 Credential={}/{},SignedHeaders={},Signature={signature}",
            self.key,
            self.scope(request.date),
            names(&headers),
        );
        headers.into_iter().chain([("authorization".to_owned(), value)]).collect()
    }

    /// The query of a presigned link.
    pub(crate) fn presigned(&self, request: &Request<'_>, life: &str) -> String {
        let host = Some(("host", request.host)).filter(|(_, host)| !host.is_empty());
        let headers = sorted(host.into_iter().chain(request.headers.iter().copied()));
        let (credential, signed) = (format!("{}/{}", self.key, self.scope(request.date)), names(&headers));
        let mut pairs = request.query.to_vec();
        pairs.extend([
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", credential.as_str()),
            ("X-Amz-Date", request.date),
            ("X-Amz-Expires", life),
            ("X-Amz-SignedHeaders", signed.as_str()),
        ]);
        pairs.extend(self.token.as_deref().map(|token| ("X-Amz-Security-Token", token)));
        let signature = self.signature(request, &pairs, &headers, "UNSIGNED-PAYLOAD");
        format!("{}&X-Amz-Signature={signature}", query(&pairs))
    }
}

fn sorted<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    let mut all: Vec<_> = headers.map(|(n, v)| (n.to_lowercase(), v.trim().to_owned())).collect();
    all.sort();
    all
}

fn names(headers: &[(String, String)]) -> String {
    headers.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>().join(";")
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The worked examples of AWS, "Authorization Header: Signature Calculations" and "Authenticating Requests:
/// Using Query Parameters". They test this file; the server's own signatures are tested by the same examples
/// elsewhere.
mod published {
    use super::{Keys, Request};

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn keys() -> Keys {
        Keys {
            key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            region: "us-east-1".to_owned(),
            token: None,
        }
    }

    fn request<'a>(method: &'a str, path: &'a str, query: &'a [(&'a str, &'a str)]) -> Request<'a> {
        let (host, date) = ("examplebucket.s3.amazonaws.com", "20130524T000000Z");
        Request { method, host, path, query, headers: &[], date }
    }

    fn signed(request: &Request<'_>, payload: &str) -> String {
        let headers = keys().by_header(request, payload);
        let (_, value) = headers.last().unwrap();
        value.rsplit_once('=').unwrap().1.to_owned()
    }

    #[test]
    fn get_object() {
        let request = Request { headers: &[("Range", "bytes=0-9")], ..request("GET", "/test.txt", &[]) };
        let due = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
        assert_eq!(signed(&request, EMPTY), due);
    }

    #[test]
    fn put_object() {
        let headers =
            [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")];
        let request = Request { headers: &headers, ..request("PUT", "/test$file.text", &[]) };
        let payload = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        let due = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd";
        assert_eq!(signed(&request, payload), due);
    }

    #[test]
    fn queries_with_and_without_values() {
        let due = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543";
        assert_eq!(signed(&request("GET", "/", &[("lifecycle", "")]), EMPTY), due);
        let due = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";
        assert_eq!(signed(&request("GET", "/", &[("max-keys", "2"), ("prefix", "J")]), EMPTY), due);
    }

    #[test]
    fn presigned() {
        let query = keys().presigned(&request("GET", "/test.txt", &[]), "86400");
        let due = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        assert_eq!(query.rsplit_once('=').unwrap().1, due);
    }
}
