//! Registering a finished file as a video: once, and never again while it may have been done.

use partway_core::{FileReceipt, RetryClass};
use serde_json::{Value, json};

use super::{OK, answering, no, session, yes};
use crate::server::told;

fn settings() -> Value {
    json!({ "encode": "true", "callback": "https://me.example/done?job=1", "author": "Ana" })
}

fn path() -> String {
    yes(&json!({ "downloadPath": "https://cdn.example/a.mov?signature=s", "contentType": "video/quicktime" }))
}

#[tokio::test]
async fn a_finished_file_is_registered_with_its_title_and_only_once() {
    let video = yes(&json!({ "name": "a-day-1", "originalFile": "a.mov" }));
    let replies = [(OK, path()), ("201 Created", video), (OK, path())];
    let (provider, mut asked) = answering(&replies, &settings()).await;
    for _ in 0..2 {
        let receipt = provider.verify(&session(), &[], FileReceipt::unknown()).await.unwrap();
        assert_eq!(receipt.name.as_deref(), Some("a-day-1"));
        assert_eq!(receipt.link.as_deref(), Some("https://cdn.example/a.mov"));
    }
    asked.recv().await.unwrap();
    let (head, body) = asked.recv().await.unwrap();
    assert!(head.starts_with("POST /vp/api/projects/p-7/encodes HTTP/1.1\r\n"), "{head}");
    let whole = json!({
        "downloadUrl": "https://cdn.example/a.mov?signature=s", "callBackUrl": "https://me.example/done?job=1",
        "title": "A day", "author": "Ana",
    });
    assert_eq!(body, whole);
    assert!(asked.recv().await.unwrap().0.contains("/uploads/success/"));
    assert!(asked.try_recv().is_err(), "the second time only the path is asked");
}

#[tokio::test]
async fn a_registration_whose_answer_was_lost_is_told_once_and_not_sent_again() {
    for lost in [
        ("504 Gateway Timeout", String::new()),
        ("502 Bad Gateway", "<html>busy</html>".to_owned()),
        ("500 Internal Server Error", no(500, "oops")),
        (OK, r#"{"success":tr"#.to_owned()),
        (OK, json!({ "result": {} }).to_string()),
    ] {
        let replies = [(OK, path()), lost.clone(), (OK, path())];
        let (provider, mut asked) = answering(&replies, &settings()).await;
        let failure = provider.verify(&session(), &[], FileReceipt::unknown()).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Refused, "{lost:?}");
        let receipt = provider.verify(&session(), &[], FileReceipt::unknown()).await.unwrap();
        assert_eq!((receipt.name, receipt.link.is_some()), (None, true));
        let mut sent = Vec::new();
        while let Ok((head, _)) = asked.try_recv() {
            sent.push(head.contains("/encodes "));
        }
        assert_eq!(sent, [false, true, false], "{lost:?}");
    }
}

#[tokio::test]
async fn a_registration_that_was_certainly_not_done_is_sent_again() {
    let video = yes(&json!({ "name": "a-day-1", "originalFile": "a.mov" }));
    let mut words = String::new();
    for refused in [
        ("429 Too Many Requests\r\nretry-after: 3", String::new()),
        ("503 Service Unavailable", "<html>busy</html>".to_owned()),
        ("400 Bad Request", no(400, "callBackUrl is not reachable")),
        ("401 Unauthorized", no(401, "unknown key")),
        (OK, no(422, "The project takes no videos")),
    ] {
        let replies = [(OK, path()), refused, (OK, path()), (OK, video.clone())];
        let (provider, _) = answering(&replies, &settings()).await;
        let failure = provider.verify(&session(), &[], FileReceipt::unknown()).await.unwrap_err();
        words.push_str(&told(&failure));
        let receipt = provider.verify(&session(), &[], FileReceipt::unknown()).await.unwrap();
        assert_eq!(receipt.name.as_deref(), Some("a-day-1"));
    }
    insta::assert_snapshot!(words);
}
