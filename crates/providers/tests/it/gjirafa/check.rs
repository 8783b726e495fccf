//! Checking a Gjirafa destination.

use partway_provider::Finding;
use serde_json::{Value, json};

use super::{OK, answering, no, yes};

#[tokio::test]
async fn a_refused_key_is_seen_and_any_other_answer_proves_nothing() {
    for (status, body, refused) in [
        ("401 Unauthorized", no(401, "no"), true),
        ("403 Forbidden", no(403, "no"), true),
        ("404 Not Found", no(404, "Upload not found"), false),
        ("400 Bad Request", no(400, "no"), false),
        (OK, yes(&json!([])), false),
        (OK, no(404, "Upload not found"), false),
    ] {
        let (provider, mut asked) = answering(&[(status, body.clone())], &json!({})).await;
        let report = provider.check().await;
        assert!(matches!(report.host, Finding::Good(_)), "{status} {report:?}");
        assert_eq!(report.clock_ahead, Finding::Good(1200), "{status}");
        match report.key {
            Finding::Bad(failure) => assert!(refused && failure.status.is_some(), "{status} {body}"),
            Finding::CannotKnow(why) => {
                assert!(!refused, "{status}");
                assert_eq!(why, "Gjirafa tells whether a key is good only at the first upload");
            }
            Finding::Good(()) => panic!("no answer proves a key"),
        }
        let (head, body) = asked.recv().await.unwrap();
        let nobodys = "uploads/url/multipart/00000000-0000-0000-0000-000000000000/parts";
        assert!(head.starts_with(&format!("GET /vp/api/projects/p-7/{nobodys} ")), "{head}");
        assert_eq!(body, Value::Null);
    }
}

#[tokio::test]
async fn a_page_or_a_fault_is_a_matter_of_the_host() {
    for (status, body) in [
        (OK, "<html>sign in</html>"),
        (OK, "{\"a\":"),
        ("503 Service Unavailable", "<html>busy</html>"),
        ("404 Not Found", "<!doctype html>"),
    ] {
        let (provider, _) = answering(&[(status, body.to_owned())], &json!({})).await;
        let report = provider.check().await;
        assert!(matches!(report.host, Finding::Bad(_)), "{report:?}");
        assert!(matches!(report.key, Finding::CannotKnow(_)), "{report:?}");
    }
}
