//! Completing: both shapes of the record.

use partway_core::{FileReceipt, RetryClass, Strength};
use partway_provider::Session;
use serde_json::json;

use crate::server::answering;

fn session(body: &str) -> Session {
    Session { body: body.to_owned(), expires_at: None }
}

#[tokio::test]
async fn both_shapes_of_the_record_make_one_receipt() {
    let documented = json!({ "success": true, "data": {
        "id": "f_1", "file_no": "77", "name": "cut_v7.mov", "url": "https://cdn.example/cut_v7.mov", "path": "/x",
        "width": 1, "height": 2, "format": "mov", "file_size": 25, "workspace_no": "w",
    }});
    let of_the_libraries = json!({
        "id": "f_1", "created_at": "2024-05-01", "custom_id": null, "extension": "mov", "file_no": "77",
        "is_duplicate": false, "name": "cut_v7.mov", "size": 25, "url": "https://cdn.example/cut_v7.mov", "hash": null,
    });
    for record in [documented, of_the_libraries] {
        let (provider, mut asked) = answering("200 OK", &record.to_string()).await;
        let receipt = provider.complete(&session(r#"{"session_id":"s","uuid":"u"}"#), &[]).await.unwrap();
        assert_eq!(
            receipt,
            FileReceipt {
                strength: Strength::Confirmed,
                id: Some("f_1".to_owned()),
                name: Some("cut_v7.mov".to_owned()),
                link: Some("https://cdn.example/cut_v7.mov".to_owned()),
                size: Some(25),
                checksum: None,
            }
        );
        let (head, body) = asked.recv().await.unwrap();
        assert!(head.starts_with("POST /autorender/api/v1/multipart/complete HTTP/1.1\r\n"), "{head}");
        assert_eq!(body, json!({ "session_id": "s" }));
    }
}

#[tokio::test]
async fn a_session_id_goes_back_in_the_form_in_which_it_came() {
    let (provider, mut asked) = answering("200 OK", "{}").await;
    provider.complete(&session(r#"{"session_id":42}"#), &[]).await.unwrap();
    assert_eq!(asked.recv().await.unwrap().1, json!({ "session_id": 42 }));
}

#[tokio::test]
async fn a_checksum_is_kept_and_a_signed_address_is_not() {
    let record = json!({ "id": 5, "hash": "abc", "url": "https://cdn.example/x?X-Amz-Signature=secret", "size": "25" });
    let (provider, _) = answering("200 OK", &record.to_string()).await;
    let receipt = provider.complete(&session(r#"{"session_id":"s"}"#), &[]).await.unwrap();
    assert_eq!(receipt.id.as_deref(), Some("5"));
    assert_eq!(receipt.checksum.as_deref(), Some("hash:abc"));
    assert_eq!(receipt.link.as_deref(), Some("https://cdn.example/x"));
    assert_eq!(receipt.size, Some(25));
}

#[tokio::test]
async fn a_session_that_cannot_be_read_begins_anew() {
    let (provider, mut asked) = answering("200 OK", "{}").await;
    for body in ["", "{}", "nonsense"] {
        let failure = provider.complete(&session(body), &[]).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::SessionGone);
    }
    assert!(asked.try_recv().is_err(), "nobody is asked about a session without an id");
}

#[tokio::test]
async fn a_200_that_says_no_is_a_no_wherever_it_says_so() {
    for (reply, said) in [
        (json!({ "error": "disk full, nothing was stored" }), "disk full, nothing was stored"),
        (json!({ "errors": [{ "message": "disk full" }] }), "disk full"),
        (json!({ "data": { "success": false, "error": "disk full" } }), "disk full"),
        (json!({ "data": { "id": "f", "errors": ["disk full"] } }), "disk full"),
        (json!({ "status": "error", "message": "disk full" }), "disk full"),
        (json!({ "status": "fail", "data": { "message": "disk full" } }), "disk full"),
        (json!({ "success": true, "error": "disk full" }), "disk full"),
    ] {
        let (provider, _) = answering("200 OK", &reply.to_string()).await;
        let failure = provider.complete(&session(r#"{"session_id":"s"}"#), &[]).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Refused, "{reply}");
        assert_eq!(failure.detail, said, "{reply}");
    }
}

#[tokio::test]
async fn a_200_that_neither_says_yes_nor_shows_the_file_leaves_it_unknown() {
    let words = json!({ "message": "disk full" }).to_string();
    let page = "200 OK\r\ncontent-type: text/html";
    for (status, body) in [("200 OK", words.as_str()), (page, ""), (page, " \n")] {
        let (provider, _) = answering(status, body).await;
        let failure = provider.complete(&session(r#"{"session_id":"s"}"#), &[]).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Unknown, "{status} {body}: {failure}");
    }
}

#[tokio::test]
async fn a_field_that_says_that_nothing_is_wrong_is_no_error() {
    for nothing in [
        json!({ "error": 0 }),
        json!({ "error": "none", "message": "stored" }),
        json!({ "errors": { "base": [] } }),
        json!({ "errors": [null] }),
        json!({ "error": { "code": 0, "message": "OK" } }),
        json!({ "success": "completed" }),
        json!({ "success": "Done", "message": "stored" }),
    ] {
        let mut reply = nothing.clone();
        reply["data"] = json!({ "id": "f", "file_size": 25 });
        let (provider, _) = answering("200 OK", &reply.to_string()).await;
        let receipt = provider.complete(&session(r#"{"session_id":"s"}"#), &[]).await.unwrap();
        assert_eq!((receipt.id.as_deref(), receipt.size), (Some("f"), Some(25)), "{reply}");
    }
}
