//! Invalid replies, refusals, and the messages that they cause.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{OK, TOKEN, answering, facts, opened, plan, receipts, session};
use crate::server::told;

/// The reply to *start* with one change.
fn changed(name: &str, value: &Value) -> String {
    let mut reply = opened(3);
    reply[name] = value.clone();
    reply.to_string()
}

#[tokio::test]
async fn a_start_that_cannot_be_meant_or_is_refused_is_told() {
    let cases: Vec<(&str, &str, String)> = vec![
        ("a page", OK, "<!DOCTYPE html>".to_owned()),
        ("cut JSON", OK, r#"{"upload_id":"u","presigned_urls":["https"#.to_owned()),
        ("nothing", OK, String::new()),
        ("a list", OK, "[]".to_owned()),
        ("no upload", OK, changed("upload_id", &json!(null))),
        ("no links", OK, changed("presigned_urls", &json!(null))),
        ("links as objects", OK, changed("presigned_urls", &json!([{}, {}, {}]))),
        ("too few", OK, opened(2).to_string()),
        ("too many", OK, opened(4).to_string()),
        (
            "a link that is none",
            OK,
            changed("presigned_urls", &json!(["https://h/k", "next", "https://h/k"])),
        ),
        ("no, with a 200", OK, r#"{"errors":"Upload limit reached"}"#.to_owned()),
        ("errors as text", "400 Bad Request", r#"{"errors":"content_type is not allowed"}"#.to_owned()),
        (
            "errors by field",
            "422 Unprocessable Content",
            r#"{"errors":{"part_count":["is too large"]}}"#.to_owned(),
        ),
        ("error", "403 Forbidden", r#"{"error":"not your account"}"#.to_owned()),
        ("message", "404 Not Found", r#"{"message":"no such version"}"#.to_owned()),
        ("wrong token", "401 Unauthorized", json!({ "error": format!("{TOKEN} is over") }).to_string()),
        ("busy", "429 Too Many Requests\r\nretry-after: 5", String::new()),
        ("gateway", "504 Gateway Timeout", String::new()),
    ];
    let mut words = String::new();
    for (name, status, body) in cases {
        let (provider, _) = answering(&[(status, body)], &json!({})).await;
        let failure = provider.start(&facts(), Some(plan())).await.expect_err(name);
        writeln!(words, "{name}: {}", told(&failure)).unwrap();
    }
    assert!(!words.contains(TOKEN), "{words}");
    insta::assert_snapshot!(words);
}

#[tokio::test]
async fn a_complete_that_says_no_is_told_and_one_that_says_nothing_is_unknown() {
    let cases: Vec<(&str, &str, String)> = vec![
        ("cut JSON", OK, r#"{"id":"x","#.to_owned()),
        ("a list", OK, "[1]".to_owned()),
        ("nothing", OK, String::new()),
        ("a page", OK, "<html></html>".to_owned()),
        ("a size in words", OK, r#"{"id":"x","filesize":"large"}"#.to_owned()),
        ("an ETag that is none", OK, r#"{"id":"x","etag":["a"]}"#.to_owned()),
        ("an address that is none", OK, r#"{"id":"x","location":{"a":1}}"#.to_owned()),
        ("no, with a 200", OK, r#"{"error":"parts are missing"}"#.to_owned()),
        ("no, and a code", OK, r#"{"error":{"code":"InvalidPart","message":"part 2"}}"#.to_owned()),
        ("gone", "404 Not Found", r#"{"errors":"unknown upload"}"#.to_owned()),
        ("conflict", "409 Conflict", r#"{"message":"already complete"}"#.to_owned()),
        ("too late", "400 Bad Request", r#"{"errors":"upload expired"}"#.to_owned()),
        ("busy", "503 Service Unavailable", String::new()),
        ("gateway", "504 Gateway Timeout", String::new()),
    ];
    let mut words = String::new();
    for (name, status, body) in cases {
        let (provider, _) = answering(&[(status, body)], &json!({})).await;
        let failure = provider.complete(&session(), &receipts()).await.expect_err(name);
        writeln!(words, "{name}: {}", told(&failure)).unwrap();
    }
    insta::assert_snapshot!(words);
}
