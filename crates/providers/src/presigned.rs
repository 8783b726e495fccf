//! What a presigned URL reveals: how long it is valid, and whether it can work at all.
//!
//! The rules are AWS's, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)"; all
//! S3-compatible storages follow them.

use std::collections::HashMap;

use partway_core::{Cause, Failure, PartNumber, RetryClass, SignedUrl};
use partway_provider::PartTarget;
use url::Url;

use crate::expect::Field;

/// `x-amz-checksum-crc32` of no bytes at all: signers that compute checksums on their own put it into the
/// link, and the storage then refuses every non-empty body.
const CHECKSUM_OF_NOTHING: &str = "AAAAAA==";

/// The target of one part, from the link in a reply. It may start until the link or the session expires,
/// whichever is sooner.
pub(crate) fn target(
    number: PartNumber,
    size: u64,
    link: &Field<'_>,
    headers: Vec<(String, String)>,
    session_ends: Option<u64>,
) -> Result<PartTarget, Failure> {
    let url = link.text()?;
    if let Some(what) = fault(url, size, &headers).or_else(|| of_another(url, number)) {
        let detail = format!("part {number}: {what}");
        return Err(unusable(link, what, detail));
    }
    let expires_at = expires_at(url).into_iter().chain(session_ends).min();
    Ok(PartTarget { number, url: SignedUrl::new(url), headers, expires_at })
}

/// Refuses links that contradict each other: one link for two parts, or links of two uploads. One part would
/// overwrite the other.
pub(crate) fn belong_together(list: &Field<'_>, targets: &[PartTarget]) -> Result<(), Failure> {
    let mut places = HashMap::new();
    let mut upload: Option<(PartNumber, String)> = None;
    for target in targets {
        let Ok(url) = Url::parse(target.url.expose()) else { continue };
        let number = target.number;
        if let Some(before) = places.insert(place(&url), number) {
            let what = format!("it gave one link for two parts ({before} and {number})");
            return Err(unusable(list, what.clone(), what));
        }
        let Some(of) = query(&url, "uploadid") else { continue };
        match &upload {
            Some((before, known)) if *known != of => {
                let what = format!("its links for the parts {before} and {number} belong to two uploads");
                return Err(unusable(list, what.clone(), what));
            }
            Some(_) => {}
            None => upload = Some((number, of)),
        }
    }
    Ok(())
}

/// What a link addresses, without its signature and expiry.
fn place(url: &Url) -> String {
    const OF_THE_SIGNATURE: [&str; 6] =
        ["awsaccesskeyid", "signature", "expires", "googleaccessid", "security-token", "x-id"];
    let signs = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("x-amz-") || name.starts_with("x-goog-") || OF_THE_SIGNATURE.contains(&name.as_str())
    };
    let mut query: Vec<_> = url.query_pairs().filter(|(name, _)| !signs(name)).collect();
    query.sort_unstable();
    format!("{}{}?{query:?}", url.authority(), url.path())
}

/// Whether the link names another part number.
fn of_another(url: &str, number: PartNumber) -> Option<String> {
    let told = query(&Url::parse(url).ok()?, "partnumber")?;
    let same = told.parse() == Ok(number.get());
    (!same).then(|| {
        format!("the link that it gave for part {number} is for part {}", partway_http::redact_text(&told))
    })
}

fn unusable(at: &Field<'_>, what: String, detail: String) -> Failure {
    let (class, cause) = (RetryClass::Refused, Cause::LinksUnusable { what });
    Failure { class, cause, detail, ..at.wrong("a link that cannot be used") }
}

/// Why a link can never accept the part, naming the header; `None` if no reason is known.
fn fault(url: &str, size: u64, headers: &[(String, String)]) -> Option<String> {
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

/// Until when a request may start, Unix seconds by the storage's clock: `X-Amz-Date` plus `X-Amz-Expires`.
///
/// With `X-Amz-Security-Token` the link may expire sooner, together with the token, whose expiry is unknown;
/// so this is the latest.
fn expires_at(url: &str) -> Option<u64> {
    let url = Url::parse(url).ok()?;
    let signed_at: jiff::Timestamp = query(&url, "x-amz-date")?.parse().ok()?;
    let life: u64 = query(&url, "x-amz-expires")?.parse().ok()?;
    u64::try_from(signed_at.as_second()).ok()?.checked_add(life)
}

/// A query parameter, its name case-insensitive.
fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with(query: &str) -> Option<String> {
        let headers = [("Content-Type".to_owned(), "application/octet-stream".to_owned())];
        fault(&format!("https://s.example/k?{query}"), 5, &headers)
    }

    #[test]
    fn a_link_that_demands_only_what_is_sent_is_good() {
        for query in [
            "",
            "X-Amz-SignedHeaders=host",
            "X-Amz-SignedHeaders=content-length%3BContent-Type%3Bhost",
            "a=b",
        ] {
            assert_eq!(with(query), None, "{query}");
        }
    }

    #[test]
    fn the_header_that_cannot_be_sent_is_named() {
        let fault = with("X-Amz-SignedHeaders=host;x-amz-acl;x-amz-tagging").unwrap();
        assert!(fault.contains("x-amz-acl"), "{fault}");
    }

    #[test]
    fn the_checksum_of_nothing_fits_only_an_empty_part() {
        let url = "https://s.example/k?x-amz-checksum-crc32=AAAAAA%3D%3D";
        assert!(fault(url, 5, &[]).unwrap().contains("x-amz-checksum-crc32"));
        assert_eq!(fault(url, 0, &[]), None);
        assert_eq!(fault("https://s.example/k?x-amz-checksum-crc32=AAAAAQ%3D%3D", 5, &[]), None);
    }

    #[test]
    fn the_end_of_a_link_is_read_from_its_query() {
        let query =
            "https://s.example/k?X-Amz-Date=20240501T100000Z&X-Amz-Expires=3600&X-Amz-Security-Token=t";
        assert_eq!(expires_at(query), Some(1_714_561_200));
        for url in [
            "https://s.example/k",
            "https://s.example/k?X-Amz-Date=20240501T100000Z",
            "nonsense",
            "https://s.example/k?X-Amz-Date=20249901T100000Z&X-Amz-Expires=1",
        ] {
            assert_eq!(expires_at(url), None, "{url}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_stumble(url in "\\PC{0,60}", query in "\\PC{0,60}") {
            for url in [url, format!("https://h/?X-Amz-Date={query}&X-Amz-Expires={query}&X-Amz-SignedHeaders={query}")] {
                let _ = (fault(&url, 1, &[]), expires_at(&url));
            }
        }
    }
}
