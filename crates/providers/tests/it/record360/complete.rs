//! Completing, again with the same ids, and the record of the finished file.

use partway_core::{Cause, FileReceipt, RetryClass, Strength};
use serde_json::{Value, json};

use super::{FILE_ID, OK, answering, receipts, session, session_of};

/// S3's ETag of the three parts: the MD5 of their MD5s.
const WHOLE: &str = "5501b5b24e40268ba1b717530a753594-3";

fn done(more: &Value) -> String {
    let mut reply = json!({ "id": FILE_ID, "location": "https://s.example/u/k?X-Amz-Signature=s", "filesize": 12_582_917 });
    for (name, value) in more.as_object().unwrap() {
        reply[name] = value.clone();
    }
    reply.to_string()
}

#[tokio::test]
async fn complete_names_the_same_ids_each_time_and_every_part() {
    let (provider, mut asked) = answering(&[(OK, done(&json!({})))], &json!({})).await;
    for _ in 0..2 {
        let receipt = provider.complete(&session(), &receipts()).await.unwrap();
        assert_eq!(
            receipt,
            FileReceipt {
                strength: Strength::Confirmed,
                id: Some(FILE_ID.to_owned()),
                name: None,
                link: Some("https://s.example/u/k".to_owned()),
                size: Some(12_582_917),
                checksum: None,
            }
        );
        let (head, body) = asked.recv().await.unwrap();
        let line = format!("POST /api/users/multipart_upload_complete/{FILE_ID} HTTP/1.1\r\n");
        assert!(head.starts_with(&line), "{head}");
        assert!(head.contains("\r\naccept: application/json; version=1\r\n"), "{head}");
        let parts = json!([
            { "part_number": 1, "etag": "01".repeat(16) }, { "part_number": 2, "etag": "02".repeat(16) },
            { "part_number": 3, "etag": "03".repeat(16) },
        ]);
        assert_eq!(body, json!({ "upload_id": "up-1", "parts": parts }));
    }
}

#[tokio::test]
async fn without_a_receipt_for_each_part_nothing_is_asked() {
    let (provider, mut asked) = answering(&[(OK, done(&json!({})))], &json!({})).await;
    for some in [&receipts()[..2], &receipts()[1..], &[]] {
        let failure = provider.complete(&session(), some).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::PartsMissing);
    }
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn a_checksum_of_the_whole_is_compared_where_its_form_tells_what_it_is() {
    for (more, kept) in [
        (json!({ "etag": format!("\"{WHOLE}\"") }), Some(format!("md5:{WHOLE}"))),
        (json!({ "checksum": WHOLE, "etag": "opaque" }), Some(format!("md5:{WHOLE}"))),
        (json!({ "checksum": "opaque", "etag": WHOLE }), Some(format!("md5:{WHOLE}"))),
        // What these are is not documented, so they are kept and nothing is compared with them.
        (json!({ "checksum": "q1w2e3==" }), Some("checksum:q1w2e3==".to_owned())),
        (json!({ "checksum": "ab".repeat(16) }), Some(format!("checksum:{}", "ab".repeat(16)))),
        (json!({ "etag": "opaque" }), Some("etag:opaque".to_owned())),
        (json!({ "etag": null, "checksum": "" }), None),
    ] {
        let (provider, _) = answering(&[(OK, done(&more))], &json!({})).await;
        let receipt = provider.complete(&session(), &receipts()).await.unwrap();
        assert_eq!(receipt.checksum, kept, "{more}");
    }
}

#[tokio::test]
async fn a_checksum_of_the_whole_that_is_another_is_kept_and_says_nothing() {
    let other = format!("{}-3", "ab".repeat(16));
    let single = [receipts().remove(0)];
    for (more, parts, kept) in [
        (json!({ "etag": other }), &receipts()[..], format!("etag:{other}")),
        (json!({ "checksum": other, "etag": WHOLE }), &receipts(), format!("md5:{WHOLE}")),
        (json!({ "checksum": "ab".repeat(16) }), &single, format!("checksum:{}", "ab".repeat(16))),
    ] {
        let (provider, _) = answering(&[(OK, done(&more))], &json!({})).await;
        let receipt = provider.complete(&session_of(parts.len() as u32), parts).await.unwrap();
        assert_eq!((receipt.strength, receipt.checksum), (Strength::Confirmed, Some(kept)), "{more}");
    }
}

#[tokio::test]
async fn the_record_of_the_finished_file_tells_its_size_in_any_of_its_names() {
    for (record, size) in [
        (json!({ "content_type": "video/mp4", "size": 12 }), Some(12)),
        (json!({ "type": "video/mp4", "filesize": "12" }), Some(12)),
        (json!({ "upload": { "file_size": 12.0 } }), Some(12)),
        (json!({ "content_type": "video/mp4" }), None),
        (json!({ "size": null }), None),
    ] {
        let (provider, mut asked) = answering(&[(OK, record.to_string())], &json!({})).await;
        let receipt = provider.verify(&session(), &receipts(), FileReceipt::unknown()).await.unwrap();
        assert_eq!(receipt.size, size, "{record}");
        // Without a size it may be a record that existed since the start.
        let strength = if size.is_some() { Strength::Confirmed } else { Strength::Presumed };
        assert_eq!(receipt.strength, strength, "{record}");
        let head = asked.recv().await.unwrap().0;
        assert!(head.starts_with(&format!("GET /api/users/uploads/{FILE_ID} HTTP/1.1\r\n")), "{head}");
    }
    let confirmed = FileReceipt { strength: Strength::Confirmed, size: Some(5), ..FileReceipt::unknown() };
    let (provider, _) = answering(&[(OK, "{}".to_owned())], &json!({})).await;
    assert_eq!(provider.verify(&session(), &[], confirmed.clone()).await.unwrap(), confirmed);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_a_conflict_and_any_other_answer_says_nothing() {
    for (status, class) in [
        ("404 Not Found", RetryClass::Conflict),
        ("500 Internal Server Error", RetryClass::Again),
        ("403 Forbidden", RetryClass::Refused),
    ] {
        let reply = (status, r#"{"error":"x"}"#.to_owned());
        let (provider, _) = answering(&[reply], &json!({})).await;
        let failure = provider.verify(&session(), &[], FileReceipt::unknown()).await.unwrap_err();
        assert_eq!(failure.class, class, "{status}");
    }
}

#[tokio::test]
async fn a_session_that_cannot_be_read_begins_anew_and_nobody_is_asked() {
    let (provider, mut asked) = answering(&[(OK, done(&json!({})))], &json!({})).await;
    for body in [
        "",
        "{}",
        "nonsense",
        r#"{"file_id":"../x","upload_id":"u"}"#,
        &json!({ "file_id": FILE_ID }).to_string(),
    ] {
        let session = partway_provider::Session { body: body.to_owned(), expires_at: None };
        let failure = provider.complete(&session, &[]).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::SessionGone, "{body}");
        assert!(matches!(failure.cause, Cause::BrokenReply { .. }));
    }
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn a_field_that_says_that_nothing_is_wrong_is_no_error() {
    for nothing in [
        json!({ "error": 0 }),
        json!({ "error": "none" }),
        json!({ "error": "OK", "success": true }),
        json!({ "errors": { "base": [] } }),
        json!({ "errors": [null], "success": true }),
        json!({ "error": { "code": 0, "message": "Success" } }),
    ] {
        let (provider, _) = answering(&[(OK, done(&nothing))], &json!({})).await;
        let receipt = provider.complete(&session(), &receipts()).await.unwrap();
        assert_eq!(receipt.strength, Strength::Confirmed, "{nothing}");
    }
    for fault in [json!({ "error": "disk full" }), json!({ "errors": { "base": ["disk full"] } })] {
        let (provider, _) = answering(&[(OK, done(&fault))], &json!({})).await;
        let failure = provider.complete(&session(), &receipts()).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Refused, "{fault}");
    }
}
