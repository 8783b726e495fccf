//! The paged list of parts, fresh links for a multipart upload, and aborting it.

use std::fmt::Write;

use partway_core::{Etag, RetryClass};
use serde_json::json;

use super::{OK, answering, error, in_parts, number, plain, seen};
use crate::server::told;

fn part(number: u32) -> String {
    format!("<Part><PartNumber>{number}</PartNumber><ETag>&quot;e{number}&quot;</ETag><Size>7</Size></Part>")
}

fn page(parts: &[u32], next: Option<&str>) -> (&'static str, String) {
    let parts: String = parts.iter().map(|number| part(*number)).collect();
    let more = next.map_or("<IsTruncated>false</IsTruncated>".to_owned(), |next| {
        format!("<IsTruncated>true</IsTruncated>{next}")
    });
    let name = "ListPartsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    (OK, format!("<?xml version=\"1.0\"?><{name}>{more}{parts}</ListPartsResult>"))
}

#[tokio::test]
async fn pages_are_read_until_the_last() {
    let marker = "<NextPartNumberMarker>2</NextPartNumberMarker>";
    // A page that does not say how to continue continues after its last part.
    let replies = [page(&[1, 2], Some(marker)), page(&[3, 5], Some("")), page(&[6], None)];
    let (provider, mut asked) = answering(&replies, &json!({})).await;
    let listed = provider.list_parts(&in_parts(true)).await.unwrap();
    let told: Vec<_> =
        listed.iter().map(|part| (part.number.get(), part.size.unwrap(), part.etag.clone())).collect();
    assert_eq!(told, [1, 2, 3, 5, 6].map(|number| (number, 7, Some(Etag(format!("e{number}"))))));
    for after in ["", "&part-number-marker=2", "&part-number-marker=5"] {
        let line = format!(
            "GET /s3/films/in/a%20b.mov?X-Amz-SignedHeaders=host&max-parts=1000{after}&uploadId=u%2F1"
        );
        assert_eq!(seen(&mut asked).await, line);
    }
}

#[tokio::test]
async fn a_list_without_an_end_or_without_a_meaning_is_refused() {
    let marker = |next: &str| format!("<NextPartNumberMarker>{next}</NextPartNumberMarker>");
    let broken = |body: &str| (OK, body.to_owned());
    let mut words = String::new();
    for (name, replies) in [
        ("the same page for ever", vec![page(&[1, 2], Some(&marker("2")))]),
        ("backwards", vec![page(&[5], Some(&marker("5"))), page(&[6], Some(&marker("4")))]),
        ("beyond the last part", vec![page(&[1], Some(&marker("10001")))]),
        ("no marker and no part", vec![page(&[], Some(""))]),
        ("part 0", vec![page(&[1, 0], None)]),
        ("another document", vec![broken("<ListBucketResult/>")]),
        ("no document", vec![broken("parts: none")]),
        (
            "a document type",
            vec![broken("<!DOCTYPE a [<!ENTITY b \"c\">]><ListPartsResult>&b;</ListPartsResult>")],
        ),
        ("a page for people", vec![broken("<!doctype html><p>Sign in")]),
        ("gone", vec![("404 Not Found", error("NoSuchUpload", "The upload does not exist"))]),
        ("a no with a yes", vec![(OK, error("InternalError", "We encountered an internal error"))]),
    ] {
        let (provider, _) = answering(&replies, &json!({})).await;
        let failure = provider.list_parts(&in_parts(true)).await.unwrap_err();
        write!(words, "{name}: {}", told(&failure)).unwrap();
    }
    insta::assert_snapshot!(words);
}

#[tokio::test]
async fn fresh_links_are_signed_only_for_an_upload_that_is_there() {
    let (provider, mut asked) = answering(&[page(&[1], None)], &json!({ "link_hours": "1" })).await;
    let all = [number(2), number(3)];
    let fresh = provider.targets(&in_parts(true), &all).await.unwrap();
    assert_eq!(fresh.iter().map(|target| target.number).collect::<Vec<_>>(), all);
    assert!(plain(fresh[1].url.expose()).ends_with("&partNumber=3&uploadId=u%2F1"));
    assert_eq!(fresh[1].expires_at, Some(1_714_557_600 + 3600));
    assert_eq!(fresh[1].headers, []);
    assert!(seen(&mut asked).await.contains("max-parts=1&"));
    for (reply, class) in [
        (("404 Not Found", error("NoSuchUpload", "gone")), Some(RetryClass::SessionGone)),
        (("403 Forbidden", error("InvalidAccessKeyId", "unknown")), Some(RetryClass::Credentials)),
        (("403 Forbidden", error("RequestTimeTooSkewed", "clock")), Some(RetryClass::Refused)),
        // It may write but not look, or lists nothing, or not now: then a part itself is refused.
        (("403 Forbidden", error("AccessDenied", "Access Denied")), None),
        (("501 Not Implemented", error("NotImplemented", "no")), None),
        (("405 Method Not Allowed", String::new()), None),
        (("404 Not Found", error("NoSuchKey", "no such key")), None),
        (("404 Not Found", "{}".to_owned()), None),
        ((OK, "{}".to_owned()), None),
        ((OK, "<!doctype html><p>Hello".to_owned()), None),
        ((OK, "<ListBucketResult/>".to_owned()), None),
        ((OK, error("NotImplemented", "a no with a yes")), None),
        (("500 Internal Server Error", String::new()), None),
        (("404 Not Found", error("NoSuchBucket", "no")), Some(RetryClass::Refused)),
        (("503 Service Unavailable", error("SlowDown", "slow")), Some(RetryClass::Throttled { after: None })),
    ] {
        let (provider, _) = answering(&[reply], &json!({})).await;
        let fresh = provider.targets(&in_parts(true), &all).await;
        assert_eq!(fresh.err().map(|failure| failure.class), class);
    }
}

#[tokio::test]
async fn an_upload_is_thrown_away_and_one_that_is_gone_is_no_failure() {
    for (reply, class) in [
        (("204 No Content", String::new()), None),
        (("404 Not Found", error("NoSuchUpload", "gone")), None),
        (("404 Not Found", String::new()), None),
        (("403 Forbidden", error("AccessDenied", "no")), Some(RetryClass::Refused)),
        (("503 Service Unavailable", error("SlowDown", "slow")), Some(RetryClass::Throttled { after: None })),
        (("500 Internal Server Error", String::new()), Some(RetryClass::Again)),
    ] {
        let (provider, mut asked) = answering(std::slice::from_ref(&reply), &json!({})).await;
        let outcome = provider.abort(&in_parts(true)).await;
        assert_eq!(outcome.err().map(|failure| failure.class), class, "{reply:?}");
        let line = "DELETE /s3/films/in/a%20b.mov?X-Amz-SignedHeaders=host&uploadId=u%2F1";
        assert_eq!(seen(&mut asked).await, line);
    }
}
