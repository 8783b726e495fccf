//! Completing: success takes the status, `success` and `result`; and the calls that follow.

use partway_core::{FileReceipt, RetryClass, Strength};
use serde_json::json;

use super::{OK, answering, no, receipts, session, yes};
use crate::server::told;

#[tokio::test]
async fn a_partial_complete_is_never_allowed_and_each_part_is_named_with_its_etag() {
    for status in [OK, "201 Created"] {
        let (provider, mut asked) = answering(&[(status, yes(&json!(true)))], &json!({})).await;
        let mut sent = receipts();
        // If a proxy stripped the ETag, the MD5 replaces it.
        sent[1].etag = None;
        let receipt = provider.complete(&session(), &sent).await.unwrap();
        assert_eq!(
            receipt,
            FileReceipt {
                strength: Strength::Confirmed,
                id: Some("42".to_owned()),
                ..FileReceipt::unknown()
            }
        );
        let (head, body) = asked.recv().await.unwrap();
        let line = "PUT /vp/api/projects/p-7/uploads/multipart-complete HTTP/1.1\r\n";
        assert!(head.starts_with(line), "{head}");
        let parts = json!([
            { "partNumber": 1, "eTag": "e1" }, { "partNumber": 2, "eTag": "02020202020202020202020202020202" },
            { "partNumber": 3, "eTag": "e3" }, { "partNumber": 4, "eTag": "e4" },
        ]);
        assert_eq!(body, json!({ "requestKey": "rk/1", "allowPartialComplete": false, "parts": parts }));
    }
}

#[tokio::test]
async fn without_a_receipt_for_each_part_nothing_is_asked() {
    let (provider, mut asked) = answering(&[(OK, yes(&json!(true)))], &json!({})).await;
    for some in [&receipts()[..3], &receipts()[1..], &[]] {
        let failure = provider.complete(&session(), some).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::PartsMissing);
    }
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn after_a_plain_no_the_list_tells_whether_parts_are_missing() {
    let listed = |last: &str| {
        let part = |number: usize, size: u64, etag: &str| json!({ "partNumber": number, "size": size, "eTag": etag, "lastModified": "" });
        let big = 10 << 20;
        yes(&json!([part(1, big, "e1"), part(2, big, "\"e2\""), part(3, big, "e3"), part(4, 5, last)]))
    };
    let plain = ("400 Bad Request", no(400, "Could not complete"));
    for (list, class) in [
        ((OK, listed("e4")), RetryClass::Refused),
        ((OK, listed("other")), RetryClass::PartsMissing),
        ((OK, yes(&json!([]))), RetryClass::PartsMissing),
        (("404 Not Found", no(404, "gone")), RetryClass::Refused),
        ((OK, "{".to_owned()), RetryClass::Refused),
    ] {
        for first in [plain.clone(), (OK, yes(&json!(false)))] {
            let (provider, mut asked) = answering(&[first, list.clone()], &json!({})).await;
            let failure = provider.complete(&session(), &receipts()).await.unwrap_err();
            assert_eq!(failure.class, class, "{list:?}");
            assert!(asked.recv().await.unwrap().0.starts_with("PUT "));
            assert!(asked.recv().await.unwrap().0.starts_with("GET "));
        }
    }
}

#[tokio::test]
async fn the_download_path_comes_afterwards_without_its_signature() {
    let signed = "https://cdn.example/a%20b.mov?X-Amz-Signature=secret";
    for (path, link) in [(signed, "https://cdn.example/a%20b.mov"), ("videos/a.mov", "videos/a.mov")] {
        let result = json!({ "downloadPath": path, "contentType": "video/quicktime" });
        let (provider, mut asked) = answering(&[(OK, yes(&result))], &json!({})).await;
        let receipt = provider.verify(&session(), &receipts(), FileReceipt::unknown()).await.unwrap();
        assert_eq!((receipt.strength, receipt.link.as_deref()), (Strength::Confirmed, Some(link)));
        assert_eq!((receipt.id.as_deref(), receipt.size), (Some("42"), None));
        let (head, body) = asked.recv().await.unwrap();
        let line = "POST /vp/api/projects/p-7/uploads/success/rk%2F1 HTTP/1.1\r\n";
        assert!(head.starts_with(line), "{head}");
        assert!(head.contains("\r\ncontent-length: 0\r\n"), "{head}");
        assert!(body.is_null());
        assert!(asked.try_recv().is_err(), "nothing is registered unless it was asked for");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_conflict_and_a_path_that_is_missing_says_nothing() {
    let mut words = String::new();
    for (name, reply) in [
        ("404", ("404 Not Found", no(404, "Upload not found"))),
        ("404 in the envelope", (OK, no(404, "Upload not found"))),
        ("no path", (OK, yes(&json!({ "contentType": "video/mp4" })))),
        ("no result", (OK, yes(&json!(null)))),
        ("a page", ("503 Service Unavailable", "<html>busy</html>".to_owned())),
    ] {
        let (provider, _) = answering(&[reply], &json!({})).await;
        let failure = provider.verify(&session(), &[], FileReceipt::unknown()).await.unwrap_err();
        words.push_str(&format!("{name}: {}", told(&failure)));
    }
    insta::assert_snapshot!(words);
}
