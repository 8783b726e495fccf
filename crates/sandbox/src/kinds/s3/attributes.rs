//! What a client sends about an object besides its bytes: stored, and returned with it.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

use crate::storage::refusal::Refusal;

/// An object's default type (AWS, "PutObject": `Content-Type`).
const UNTYPED: &str = "binary/octet-stream";
/// Stored unchanged (AWS, "Working with object metadata": system-defined, user-controlled).
const KEPT: [&str; 5] =
    ["cache-control", "content-disposition", "content-encoding", "content-language", "expires"];
/// Prefix of user-defined metadata.
const META: &str = "x-amz-meta-";
/// Total size of user-defined metadata, bytes (AWS, "User-defined object metadata").
const MOST_META: usize = 2048;
/// AWS, "PutObject": `x-amz-storage-class`.
const CLASSES: [&str; 7] = [
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "GLACIER_IR",
];
/// AWS, "Access control list (ACL) overview": canned ACLs.
const ACLS: [&str; 7] = [
    "private",
    "public-read",
    "public-read-write",
    "aws-exec-read",
    "authenticated-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
];
/// Headers that say nothing about the object, or are judged elsewhere.
const ASIDE: [&str; 8] = [
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-user-agent",
    "x-amz-checksum-algorithm",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-checksum-type",
    "x-amz-checksum-mode",
];

/// What a session of the bucket stores: headers by lower-case name.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// Reads a request's headers, and the query of a presigned link too. An unknown S3 header asks for
    /// something that would not be done, so it is refused.
    pub(crate) fn read(headers: &HeaderMap, query: &[(String, String)]) -> Result<Self, Refusal> {
        let mut all = Self::default();
        let in_head = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let in_query = query.iter().filter(|(name, _)| name.starts_with("x-amz-"));
        let in_query = in_query.map(|(name, value)| (name.as_str(), value.as_bytes()));
        for (name, value) in in_head.chain(in_query) {
            let value = std::str::from_utf8(value)
                .map_err(|_| Refusal::argument(format!("{name} is not UTF-8")).with("ArgumentName", name))?;
            all.take(name, value)?;
        }
        let metas = all.0.iter().filter(|(name, _)| name.starts_with(META));
        if metas.map(|(name, value)| name.len() - META.len() + value.len()).sum::<usize>() > MOST_META {
            let message = "Your metadata headers exceed the maximum allowed metadata size";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "MetadataTooLarge", message)
                .with("MaxSizeAllowed", MOST_META.to_string()));
        }
        Ok(all)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        match name {
            "content-type" => {}
            "x-amz-storage-class" if !CLASSES.contains(&value) => {
                let message = "The storage class you specified is not valid";
                return Err(Refusal::new(StatusCode::BAD_REQUEST, "InvalidStorageClass", message)
                    .with("StorageClassRequested", value));
            }
            "x-amz-acl" if !ACLS.contains(&value) => {
                return Err(Refusal::argument("").with("ArgumentName", name));
            }
            // Nothing is encrypted; the client gets back what it asked for.
            "x-amz-server-side-encryption" if value != "AES256" && value != "aws:kms" => {
                let message = "The encryption method specified is not supported";
                return Err(Refusal::argument(message).with("ArgumentName", name));
            }
            "x-amz-storage-class" | "x-amz-acl" | "x-amz-server-side-encryption" | "x-amz-tagging" => {}
            _ if KEPT.contains(&name) || name.starts_with(META) => {}
            _ if ASIDE.contains(&name) || name.starts_with("x-amz-checksum-") => return Ok(()),
            _ if name.starts_with("x-amz-") => return Err(Refusal::not_implemented("Header", name)),
            _ => return Ok(()),
        }
        self.0.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    /// The object's type.
    pub(crate) fn content_type(&self) -> &str {
        self.0.get("content-type").map_or(UNTYPED, String::as_str)
    }

    /// The object's storage class.
    pub(crate) fn storage_class(&self) -> &str {
        self.0.get("x-amz-storage-class").map_or("STANDARD", String::as_str)
    }

    /// The headers of `HEAD` and `GET`. A storage class is returned only if it is not the default, and of
    /// tags only their number.
    pub(crate) fn give(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut given = vec![("content-type", self.content_type().to_owned())];
        for (name, value) in &self.0 {
            match name.as_str() {
                "content-type" | "x-amz-acl" => {}
                "x-amz-storage-class" if value == "STANDARD" => {}
                "x-amz-tagging" => {
                    let tags = value.split('&').filter(|tag| !tag.is_empty()).count();
                    given.push(("x-amz-tagging-count", tags.to_string()));
                }
                _ => given.push((name, value.clone())),
            }
        }
        let header = |(name, value): (&str, String)| {
            Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
        };
        given.into_iter().filter_map(header).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> Result<Attributes, (u16, &'static str)> {
        let headers = pairs.iter().map(|(n, v)| (HeaderName::from_static(n), v.parse().unwrap())).collect();
        Attributes::read(&headers, &[]).map_err(|refusal| (refusal.status.as_u16(), refusal.code))
    }

    #[test]
    fn what_is_said_is_given_back() {
        let given = [
            ("content-type", "video/mp4"),
            ("x-amz-meta-title", "a b"),
            ("x-amz-storage-class", "STANDARD_IA"),
            ("cache-control", "no-store"),
            ("x-amz-tagging", "a=b&c=d"),
            ("x-amz-acl", "private"),
            ("x-amz-date", "20261121T030000Z"),
            ("user-agent", "x"),
        ];
        let attributes = read(&given).unwrap();
        let mut back: Vec<String> =
            attributes.give().iter().map(|(n, v)| format!("{n}: {}", v.to_str().unwrap())).collect();
        back.sort();
        assert_eq!(
            back,
            [
                "cache-control: no-store",
                "content-type: video/mp4",
                "x-amz-meta-title: a b",
                "x-amz-storage-class: STANDARD_IA",
                "x-amz-tagging-count: 2"
            ]
        );
        assert_eq!(read(&[]).unwrap().content_type(), "binary/octet-stream");
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        assert_eq!(read(&[("x-amz-storage-class", "FAST")]), Err((400, "InvalidStorageClass")));
        assert_eq!(read(&[("x-amz-acl", "mine")]), Err((400, "InvalidArgument")));
        assert_eq!(read(&[("x-amz-copy-source", "/b/k")]), Err((501, "NotImplemented")));
        assert_eq!(read(&[("x-amz-server-side-encryption", "rot13")]), Err((400, "InvalidArgument")));
        assert_eq!(read(&[("x-amz-meta-a", &"x".repeat(2048))]), Err((400, "MetadataTooLarge")));
        assert!(read(&[("x-amz-meta-a", &"x".repeat(2047))]).is_ok());
    }
}
