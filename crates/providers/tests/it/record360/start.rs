//! Opening a session: a GET that creates something.

use partway_core::{Cause, PartPlan, RetryClass};
use partway_provider::{FileFacts, Planner};
use serde_json::{Value, json};

use super::{OK, TOKEN, answering, facts, link, opened, plan};
use crate::server::file;

#[tokio::test]
async fn the_start_names_a_new_id_the_number_of_parts_and_the_type() {
    let (provider, mut asked) = answering(&[(OK, opened(3).to_string())], &json!({})).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let started = provider.start(&facts(), Some(plan())).await.unwrap();
        let kept: Value = serde_json::from_str(&started.session.body).unwrap();
        let id = kept["file_id"].as_str().unwrap().to_owned();
        assert_eq!(kept, json!({ "file_id": id, "upload_id": "up-1", "parts": 3 }));
        let (head, body) = asked.recv().await.unwrap();
        let path =
            format!("/api/users/multipart_upload_start/{id}?part_count=3&content_type=video%2Fquicktime");
        assert!(head.starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{head}");
        assert!(head.contains(&format!("\r\nauthorization: Token {TOKEN}\r\n")), "{head}");
        assert!(head.contains("\r\naccept: application/json; version=1\r\n"), "{head}");
        assert!(!head.contains("*/*") && body.is_null(), "{head}");
        let id = uuid::Uuid::parse_str(&id).unwrap();
        assert_eq!(id.get_version_num(), 4);
        ids.push(id);

        // 24 hours from the server's 10:20; the links for as long as they say.
        assert_eq!(started.session.expires_at, Some(1_714_558_800 + 86_400));
        for (target, number) in started.targets.iter().zip(1..) {
            assert_eq!((target.number.get(), target.url.expose()), (number, link(number).as_str()));
            assert!(target.headers.is_empty());
            assert_eq!(target.expires_at, Some(1_714_557_600 + 3600));
        }
        assert_eq!(started.targets.len(), 3);
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_type_that_is_not_taken_is_told_before_anything_is_sent_or_left_out() {
    let mkv = FileFacts { mime: "video/x-matroska".to_owned(), ..facts() };
    let (provider, mut asked) = answering(&[(OK, opened(3).to_string())], &json!({})).await;
    let cause = Cause::TypeRefused { mime: "video/x-matroska".to_owned() };
    assert_eq!(provider.refuses(&mkv), Some(cause.clone()));
    assert_eq!(provider.refuses(&FileFacts { mime: "VIDEO/MP4; a=b".to_owned(), ..facts() }), None);
    let failure = provider.start(&mkv, Some(plan())).await.unwrap_err();
    assert_eq!((failure.class, failure.cause), (RetryClass::Refused, cause));
    assert!(asked.try_recv().is_err(), "nothing is asked");

    let others = json!({ "other_types": "octet-stream" });
    let (provider, mut asked) = answering(&[(OK, opened(3).to_string())], &others).await;
    assert_eq!(provider.refuses(&mkv), None);
    provider.start(&mkv, Some(plan())).await.unwrap();
    let head = asked.recv().await.unwrap().0;
    assert!(head.contains("?part_count=3 HTTP/1.1"), "{head}");
}

#[tokio::test]
async fn a_file_above_100_gb_is_refused_before_anything_is_sent() {
    let (provider, mut asked) = answering(&[(OK, opened(20).to_string())], &json!({})).await;
    let limits = provider.limits();
    assert_eq!((limits.max_file, limits.max_parts), (Some(100_000_000_000), 20));
    let most = file(100_000_000_000);
    assert_eq!(provider.start(&most, None).await.unwrap().plan.count(), 20);
    asked.recv().await.unwrap();
    for plan in [None, PartPlan::by_size(100_000_000_001, 1 << 30, &partway_core::Limits::S3).ok()] {
        let failure = provider.start(&file(100_000_000_001), plan).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Refused);
        assert_eq!(failure.cause, Cause::TooLarge { limit: Some(100_000_000_000) });
    }
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn a_plan_that_record360_cannot_take_is_refused_and_without_one_there_is_one() {
    let (provider, mut asked) = answering(&[(OK, opened(1).to_string())], &json!({})).await;
    // 21 parts are too many, and parts of a byte too small.
    for (size, part) in [(105_u64 << 20, 5 << 20), (3, 1)] {
        let wrong = PartPlan::by_size(size, part, &partway_core::Limits::UNKNOWN).unwrap();
        assert!(wrong.count() > 1);
        let failure = provider.start(&file(size), Some(wrong)).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Refused);
        assert!(asked.try_recv().is_err(), "nothing is sent");
        assert_eq!(provider.start(&file(size), None).await.unwrap().plan.count(), 1);
        assert!(asked.recv().await.unwrap().0.contains("part_count=1&"));
    }
}

#[tokio::test]
async fn a_start_whose_answer_was_lost_is_never_repeated_blindly() {
    let page = || "<!doctype html><html><body>Busy</body></html>".to_owned();
    let throttled = RetryClass::Throttled { after: None };
    for (status, body, class) in [
        ("504 Gateway Timeout", String::new(), RetryClass::Unknown),
        ("502 Bad Gateway", page(), RetryClass::Unknown),
        ("500 Internal Server Error", String::new(), RetryClass::Unknown),
        ("503 Service Unavailable", String::new(), RetryClass::Unknown),
        ("503 Service Unavailable", page(), RetryClass::Unknown),
        ("200 OK", page(), RetryClass::Unknown),
        ("200 OK", "{\"id\":".to_owned(), RetryClass::Unknown),
        ("200 OK", json!({ "upload_id": [], "presigned_urls": [] }).to_string(), RetryClass::Refused),
        ("429 Too Many Requests", String::new(), throttled),
        ("401 Unauthorized", String::new(), RetryClass::Credentials),
        ("404 Not Found", page(), RetryClass::Refused),
    ] {
        let (provider, mut asked) = answering(&[(status, body)], &json!({})).await;
        assert!(!provider.capabilities().start_repeatable);
        let failure = provider.start(&facts(), Some(plan())).await.unwrap_err();
        assert_eq!(failure.class, class, "{status}: {failure:?}");
        asked.recv().await.unwrap();
        assert!(asked.try_recv().is_err(), "one call, one request");
    }
}

#[tokio::test]
async fn an_empty_file_is_one_empty_part() {
    let (provider, mut asked) = answering(&[(OK, opened(1).to_string())], &json!({})).await;
    let started = provider.start(&file(0), None).await.unwrap();
    assert_eq!((started.plan.count(), started.targets.len()), (1, 1));
    assert!(asked.recv().await.unwrap().0.contains("part_count=1&"));
}

#[tokio::test]
async fn what_record360_cannot_do_is_declared() {
    let (provider, mut asked) = answering(&[(OK, String::new())], &json!({})).await;
    let capabilities = provider.capabilities();
    assert_eq!(capabilities.planner, Planner::ClientByCount);
    assert!(!capabilities.refresh && !capabilities.list && !capabilities.abort && capabilities.verify);
    assert!(!capabilities.start_repeatable && !capabilities.link_is_open);
    assert!(provider.targets(&super::session(), &[]).await.is_err());
    assert!(provider.list_parts(&super::session()).await.is_err());
    assert!(provider.abort(&super::session()).await.is_err());
    assert!(asked.try_recv().is_err());
}
