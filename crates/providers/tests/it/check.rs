//! Checking a destination: what was seen, what was refused, what cannot be known.

use partway_provider::Finding;
use serde_json::json;

use crate::kinds::named;
use crate::server::{answering, open};

#[tokio::test]
async fn a_refused_key_is_seen_and_any_other_answer_proves_nothing() {
    for (status, refused) in [
        ("401 Unauthorized", true),
        ("403 Forbidden", true),
        ("404 Not Found", false),
        ("400 Bad Request", false),
        ("422 Unprocessable Content", false),
        ("409 Conflict", false),
        ("200 OK", false),
    ] {
        let (provider, mut asked) = answering(status, r#"{"success":false,"error":"x"}"#).await;
        let report = provider.check().await;
        assert!(matches!(report.host, Finding::Good(_)), "{status}");
        assert_eq!(report.clock_ahead, Finding::Good(1200), "{status}");
        match report.key {
            Finding::Bad(failure) => assert!(refused && failure.status.is_some(), "{status}"),
            Finding::CannotKnow(why) => {
                assert!(!refused, "{status}");
                assert_eq!(why, "AutoRender tells whether a key is good only at the first upload");
            }
            Finding::Good(()) => panic!("no answer proves a key"),
        }
        // The session must not exist.
        let (head, body) = asked.recv().await.unwrap();
        assert!(head.starts_with("POST /autorender/api/v1/multipart/complete "), "{head}");
        assert_eq!(body, json!({ "session_id": "00000000-0000-0000-0000-000000000000" }));
    }
}

#[tokio::test]
async fn a_page_a_broken_reply_or_nobody_is_a_matter_of_the_host() {
    let page = answering("200 OK", "<html>sign in</html>").await.0;
    let cut = answering("200 OK", "{\"a\":").await.0;
    let busy = answering("502 Bad Gateway", "").await.0;
    let elsewhere = answering("404 Not Found", "<!doctype html><title>Not Found</title>").await.0;
    let nobody = open(&json!({ "url": "http://127.0.0.1:9" }));
    for provider in [page, cut, busy, elsewhere, nobody] {
        let report = provider.check().await;
        assert!(matches!(report.host, Finding::Bad(_)), "{report:?}");
        assert!(matches!(report.key, Finding::CannotKnow(_)), "{report:?}");
    }
}

#[test]
fn a_key_with_a_line_break_is_told_before_anybody_is_asked() {
    let http = partway_http::ApiClient::new(&partway_http::HttpOptions::default()).unwrap();
    let key = partway_core::ApiKey::new("two\nlines");
    let error = named("autorender").open(&json!({}), key.into(), http).err().unwrap();
    assert_eq!(error.field, "key", "{error}");
}
