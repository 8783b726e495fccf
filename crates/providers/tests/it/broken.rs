//! Invalid replies, and the messages that they cause.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::server::{KEY, answering, file, told};

const OK: &str = "200 OK";

fn links(count: usize, query: &str) -> Value {
    (1..=count).map(|number| json!(format!("https://s.example/k?partNumber={number}{query}"))).collect()
}

fn started(part_size: &Value, parts: &Value) -> String {
    json!({ "session_id": "s", "part_size": part_size, "parts": parts }).to_string()
}

#[tokio::test]
async fn a_start_that_cannot_be_meant_is_refused_with_its_figures() {
    let absurd = json!(1_000_000_000_000_000_000_u64);
    let page = "<!DOCTYPE html><html><title>Welcome</title></html>";
    let cases: &[(&str, &str, String)] = &[
        ("a page", OK, page.to_owned()),
        ("cut JSON", OK, r#"{"session_id":"s","part_size":10,"parts":["https://s.ex"#.to_owned()),
        ("no JSON", OK, "welcome".to_owned()),
        ("nothing", OK, String::new()),
        ("a list", OK, "[]".to_owned()),
        ("no session", OK, json!({ "part_size": 10, "parts": links(3, "") }).to_string()),
        (
            "an empty session",
            OK,
            json!({ "session_id": "", "part_size": 10, "parts": links(3, "") }).to_string(),
        ),
        ("no links", OK, json!({ "session_id": "s", "part_size": 10 }).to_string()),
        ("links as an object", OK, started(&json!(10), &json!({ "1": "https://s.example/k" }))),
        ("a link that is a number", OK, started(&json!(10), &json!([1, 2, 3]))),
        ("a link that is no address", OK, started(&json!(10), &json!(["a", "b", "c"]))),
        ("too few links", OK, started(&json!(10), &links(2, ""))),
        ("too many links", OK, started(&json!(10), &links(4, ""))),
        ("far too many links", OK, started(&json!(10), &links(10_001, ""))),
        ("part size 0", OK, started(&json!(0), &links(3, ""))),
        ("part size absurd", OK, started(&absurd, &links(1, ""))),
        ("part size negative", OK, started(&json!(-10), &links(3, ""))),
        ("part size broken", OK, started(&json!(10.5), &links(3, ""))),
        ("part size in words", OK, started(&json!("ten"), &links(3, ""))),
        ("no part size", OK, json!({ "session_id": "s", "parts": links(3, "") }).to_string()),
        ("checksum of nothing", OK, started(&json!(10), &links(3, "&x-amz-checksum-crc32=AAAAAA%3D%3D"))),
        (
            "a header nobody told",
            OK,
            started(&json!(10), &links(3, "&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-acl")),
        ),
        (
            "success: false",
            OK,
            r#"{"success":false,"error":"quota","message":"Your plan is full"}"#.to_owned(),
        ),
        ("success: false without words", OK, r#"{"success":false}"#.to_owned()),
        (
            "wrong request",
            "400 Bad Request",
            r#"{"success":false,"error":"size must be positive"}"#.to_owned(),
        ),
        ("wrong key", "401 Unauthorized", format!(r#"{{"success":false,"error":"unknown key {KEY}"}}"#)),
        ("no permission", "403 Forbidden", r#"{"success":false,"error":"read-only workspace"}"#.to_owned()),
        ("type", "415 Unsupported Media Type", r#"{"success":false,"error":"no"}"#.to_owned()),
        (
            "busy",
            "429 Too Many Requests\r\nretry-after: 5",
            r#"{"success":false,"error":"slow down"}"#.to_owned(),
        ),
        ("broken", "500 Internal Server Error", r#"{"success":false,"error":"oops","code":"E1"}"#.to_owned()),
    ];
    let mut words = String::new();
    for (name, status, body) in cases {
        let (provider, _) = answering(status, body).await;
        let failure = provider.start(&file(25), None).await.expect_err(name);
        writeln!(words, "{name}: {}", told(&failure)).unwrap();
    }
    assert!(!words.contains(KEY), "{words}");
    insta::assert_snapshot!(words);
}

#[tokio::test]
async fn a_complete_that_says_no_is_told_and_one_that_says_nothing_is_unknown() {
    let cases = [
        ("cut JSON", OK, r#"{"success":true,"data":{"id":"#),
        ("a list", OK, "[1]"),
        ("a page", OK, "<html></html>"),
        ("a yes in no words", OK, r#"{"success":"perhaps"}"#),
        ("a size in words", OK, r#"{"data":{"id":"f","file_size":"large"}}"#),
        ("an address that is none", OK, r#"{"data":{"id":"f","url":{"a":1}}}"#),
        ("an id that is none", OK, r#"{"id":["f"]}"#),
        ("success: false", OK, r#"{"success":false,"error":"parts are missing","code":"E7"}"#),
        ("a fault that passes", OK, r#"{"success":false,"error":"Please try again","code":"InternalError"}"#),
        ("gone", "404 Not Found", r#"{"success":false,"error":"session not found"}"#),
        ("conflict", "409 Conflict", r#"{"success":false,"error":"already completed"}"#),
        ("wrong key", "401 Unauthorized", r#"{"success":false,"error":"no"}"#),
        ("busy", "503 Service Unavailable", ""),
        ("gateway", "504 Gateway Timeout", ""),
    ];
    let session = partway_provider::Session { body: r#"{"session_id":"s"}"#.to_owned(), expires_at: None };
    let mut words = String::new();
    for (name, status, body) in cases {
        let (provider, _) = answering(status, body).await;
        let failure = provider.complete(&session, &[]).await.expect_err(name);
        writeln!(words, "{name}: {}", told(&failure)).unwrap();
    }
    insta::assert_snapshot!(words);
}
