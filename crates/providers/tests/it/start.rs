//! Opening a session: the request, and both shapes of the answer.

use std::collections::BTreeMap;

use partway_provider::{Fields, FileFacts};
use serde_json::{Value, json};

use crate::server::{answering, file, open};

fn link(number: u32) -> String {
    format!(
        "https://storage.example/bucket/key?partNumber={number}&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Date=20240501T100000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=abc{number}"
    )
}

/// As documented.
fn documented() -> Value {
    json!({ "session_id": "ses_1", "part_size": 10, "parts": [link(1), link(2), link(3)] })
}

/// As AutoRender's own libraries expect it.
fn of_the_libraries() -> Value {
    json!({
        "session_id": "ses_1", "part_size": 10, "parts": [link(1), link(2), link(3)],
        "expire_at": 1_714_559_400, "min_part_size": 5, "public_key": "pk", "uuid": "u-1", "workspace_id": "w",
        "policy": { "folder": "/", "format": "video/quicktime", "size": 25, "tags": [] },
    })
}

#[tokio::test]
async fn every_field_can_be_set_and_what_is_not_set_is_not_sent() {
    let (provider, mut asked) = answering("200 OK", &documented().to_string()).await;
    provider.start(&file(25), None).await.unwrap();
    let (head, body) = asked.recv().await.unwrap();
    assert!(head.starts_with("POST /autorender/api/v1/multipart/start HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nauthorization: Bearer the-secret-key\r\n"), "{head}");
    assert_eq!(body, json!({ "file_name": "cut v7.mov", "size": 25, "format": "video/quicktime" }));

    let fields = Fields {
        folder: Some("uploads/videos".to_owned()),
        tags: vec!["a".to_owned(), "b".to_owned()],
        metadata: BTreeMap::from([("scene".to_owned(), "12".to_owned())]),
        custom_id: Some("c-1".to_owned()),
        random_prefix: Some(false),
        ttl_seconds: Some(7200),
        ..Fields::default()
    };
    provider.start(&FileFacts { fields, ..file(25) }, None).await.unwrap();
    assert_eq!(
        asked.recv().await.unwrap().1,
        json!({
            "file_name": "cut v7.mov", "size": 25, "format": "video/quicktime", "folder": "uploads/videos",
            "tags": ["a", "b"], "metadata": { "scene": "12" }, "custom_id": "c-1", "random_prefix": false,
            "ttl_seconds": 7200,
        })
    );
}

#[tokio::test]
async fn the_documented_shape_is_read() {
    let (provider, _) = answering("200 OK", &documented().to_string()).await;
    let started = provider.start(&file(25), None).await.unwrap();
    assert_eq!((started.plan.part_size(), started.plan.count()), (10, 3));
    assert_eq!(started.session.body, r#"{"session_id":"ses_1"}"#);
    // Only the links themselves give an expiry.
    assert_eq!(started.session.expires_at, Some(1_714_557_600 + 3600));
    for (target, number) in started.targets.iter().zip(1..) {
        assert_eq!(target.number.get(), number);
        assert_eq!(target.url.expose(), link(number));
        assert_eq!(target.headers, [("content-type".to_owned(), "application/octet-stream".to_owned())]);
        assert_eq!(target.expires_at, Some(1_714_557_600 + 3600));
    }
}

#[tokio::test]
async fn the_shape_of_the_libraries_is_read_and_their_end_holds() {
    for body in [of_the_libraries(), json!({ "success": true, "data": of_the_libraries() })] {
        let (provider, _) = answering("200 OK", &body.to_string()).await;
        let started = provider.start(&file(25), None).await.unwrap();
        let kept: Value = serde_json::from_str(&started.session.body).unwrap();
        assert_eq!(kept, json!({ "session_id": "ses_1", "uuid": "u-1" }));
        assert_eq!(started.session.expires_at, Some(1_714_559_400));
        assert_eq!(started.targets.len(), 3);
        // The session expires before the links do.
        assert!(started.targets.iter().all(|target| target.expires_at == Some(1_714_559_400)));
    }
}

#[tokio::test]
async fn numbers_come_in_every_form() {
    for (part_size, session_id, expire_at) in [
        (json!(10), json!("7"), json!(1_714_559_400)),
        (json!(10.0), json!(7), json!("1714559400")),
        (json!("10"), json!(7), json!(1_714_559_400_000_u64)),
    ] {
        let mut body = of_the_libraries();
        body["part_size"] = part_size;
        body["session_id"] = session_id.clone();
        body["expire_at"] = expire_at;
        let (provider, _) = answering("200 OK", &body.to_string()).await;
        let started = provider.start(&file(25), None).await.unwrap();
        assert_eq!(started.plan.part_size(), 10);
        assert_eq!(started.session.expires_at, Some(1_714_559_400));
        let kept: Value = serde_json::from_str(&started.session.body).unwrap();
        assert_eq!(kept["session_id"], session_id);
    }
}

#[tokio::test]
async fn an_empty_file_has_one_part_or_none() {
    for (body, count) in [
        (json!({ "session_id": "s", "part_size": 10, "parts": [] }), 0),
        (json!({ "session_id": "s", "parts": [] }), 0),
        (json!({ "session_id": "s", "part_size": 0, "parts": [link(1)] }), 1),
    ] {
        let (provider, _) = answering("200 OK", &body.to_string()).await;
        let started = provider.start(&file(0), None).await.unwrap();
        assert_eq!((started.plan.count(), started.targets.len()), (count, count as usize), "{body}");
    }
}

#[tokio::test]
async fn what_autorender_cannot_do_is_declared() {
    let provider = open(&json!({}));
    let capabilities = provider.capabilities();
    assert!(!capabilities.refresh && !capabilities.list && !capabilities.abort);
    assert!(capabilities.start_repeatable && capabilities.link_is_open);
    assert_eq!(provider.host(), "upload.autorender.io");
}

#[tokio::test]
async fn nothing_shows_a_link_or_a_key() {
    let (provider, _) = answering("200 OK", &documented().to_string()).await;
    let shown = format!("{:?}", provider.start(&file(25), None).await.unwrap());
    assert!(!shown.contains("Signature") && !shown.contains("ses_1"), "{shown}");
}
