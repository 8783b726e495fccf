//! Invalid replies, refusals, and the messages that they cause.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{OK, SIZE, answering, no, opened, plan, receipts, session, yes};
use crate::server::{KEY, file, told};

/// The result of *start* with one change.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut result = opened(&[1, 2, 3, 4]);
    change(&mut result);
    yes(&result)
}

#[tokio::test]
async fn a_start_that_cannot_be_meant_is_told_with_the_path_of_the_field() {
    let poisoned = "https://s.example/k?x-amz-checksum-crc32=AAAAAA%3D%3D";
    let signed = "https://s.example/k?X-Amz-SignedHeaders=host%3Bx-amz-acl";
    let cases: Vec<(&str, &str, String)> = vec![
        ("a page", OK, "<!DOCTYPE html><title>Welcome</title>".to_owned()),
        ("cut JSON", OK, r#"{"success":true,"result":{"requestKey":"#.to_owned()),
        ("nothing", OK, String::new()),
        ("nothing, 204", "204 No Content", String::new()),
        ("a list", OK, "[]".to_owned()),
        ("no envelope", OK, opened(&[1, 2, 3, 4]).to_string()),
        ("success in words", OK, json!({ "success": "true" }).to_string()),
        ("no result", OK, json!({ "success": true }).to_string()),
        ("no key", OK, changed(|result| result["requestKey"] = json!(""))),
        ("dots for a key", OK, changed(|result| result["requestKey"] = json!(".."))),
        ("no links", OK, changed(|result| result["presignedUrl"] = json!(null))),
        ("links as a map", OK, changed(|result| result["presignedUrl"] = json!({ "1": "https://h/k" }))),
        ("bare links", OK, changed(|result| result["presignedUrl"][2] = json!("https://h/k?secret"))),
        ("a number in words", OK, changed(|r| r["presignedUrl"][2]["partNumber"] = json!("three"))),
        ("counted from 0", OK, changed(|r| r["presignedUrl"][0]["partNumber"] = json!(0))),
        ("one too many", OK, yes(&opened(&[1, 2, 3, 4, 5]))),
        ("one too few", OK, yes(&opened(&[4, 2, 1]))),
        ("one twice", OK, yes(&opened(&[1, 2, 2, 4]))),
        ("a link that is none", OK, changed(|r| r["presignedUrl"][1]["presignedUrl"] = json!("next"))),
        ("a link that is a number", OK, changed(|r| r["presignedUrl"][1]["presignedUrl"] = json!(5))),
        ("checksum of nothing", OK, changed(|r| r["presignedUrl"][3]["presignedUrl"] = json!(poisoned))),
        ("a header nobody told", OK, changed(|r| r["presignedUrl"][0]["presignedUrl"] = json!(signed))),
        ("no, in one word", OK, no(200, "Quota reached")),
        ("no, without words", OK, r#"{"success":false,"errors":[],"messages":[]}"#.to_owned()),
        (
            "no, in two places",
            OK,
            json!({ "success": false, "errors": [], "messages": ["Duplicate of video 7"] }).to_string(),
        ),
        ("no, with a status of its own", OK, no(401, "unknown key")),
    ];
    let mut words = String::new();
    for (name, status, body) in cases {
        let (provider, _) = answering(&[(status, body)], &json!({})).await;
        let failure = provider.start(&file(SIZE), Some(plan())).await.expect_err(name);
        writeln!(words, "{name}: {}", told(&failure)).unwrap();
    }
    assert!(!words.contains("secret"), "{words}");
    insta::assert_snapshot!(words);
}

#[tokio::test]
async fn a_refusal_is_decoded_from_the_envelope_to_its_class_and_sentence() {
    let objects = json!({ "success": false, "errors": [
        { "code": "PartsNumber", "message": "must be above 0" }, { "code": "X", "message": "and whole" },
    ] });
    let fields = json!({ "title": "One or more validation errors occurred.", "status": 400,
                         "errors": { "ContentLength": ["must be text"], "MimeType": ["is missing"] } });
    let cases: Vec<(&str, &str, String)> = vec![
        ("several", "400 Bad Request", objects.to_string()),
        ("by field", "400 Bad Request", fields.to_string()),
        ("wrong key", "401 Unauthorized", no(401, &format!("unknown key {KEY}"))),
        ("no permission", "403 Forbidden", no(403, "not your project")),
        ("no project", "404 Not Found", no(404, "Project not found")),
        ("full", "402 Payment Required", no(402, "Plan is used up")),
        ("too large", "413 Content Too Large", no(413, "max 10 GB")),
        ("type", "415 Unsupported Media Type", no(415, "no")),
        ("busy", "429 Too Many Requests\r\nretry-after: 5", no(429, "slow down")),
        (
            "the cache in front",
            "503 Service Unavailable",
            "<html><h1>503 Backend fetch failed</h1></html>".to_owned(),
        ),
        ("broken", "500 Internal Server Error", no(500, "Object reference not set")),
    ];
    let mut words = String::new();
    for (name, status, body) in cases {
        let (provider, _) = answering(&[(status, body)], &json!({})).await;
        let failure = provider.start(&file(SIZE), Some(plan())).await.expect_err(name);
        writeln!(words, "{name}: {}", told(&failure)).unwrap();
    }
    assert!(!words.contains(KEY), "{words}");
    insta::assert_snapshot!(words);
}

#[tokio::test]
async fn a_complete_that_says_no_is_told_and_one_that_says_nothing_is_unknown() {
    let cases: Vec<(&str, &str, String)> = vec![
        ("cut JSON", OK, r#"{"success":true,"result":t"#.to_owned()),
        ("a list", OK, "[1]".to_owned()),
        ("a page", OK, "<html></html>".to_owned()),
        ("nothing", OK, String::new()),
        ("nothing, 202", "202 Accepted", yes(&json!(true))),
        ("no result", OK, yes(&json!(null))),
        ("a result in other words", OK, yes(&json!("perhaps"))),
        ("result: false", OK, yes(&json!(false))),
        ("success: false", OK, no(200, "Try later")),
        (
            "a part is missing",
            "400 Bad Request",
            json!({ "success": false, "errors": [{ "code": "InvalidPart" }] }).to_string(),
        ),
        ("gone", "404 Not Found", no(404, "Upload not found")),
        ("gone, in the envelope", OK, no(404, "Upload not found")),
        ("conflict", "409 Conflict", no(409, "already completed")),
        ("wrong key", "401 Unauthorized", no(401, "no")),
        ("busy", "503 Service Unavailable", "<html>busy</html>".to_owned()),
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

#[tokio::test]
async fn a_list_that_cannot_be_meant_is_told_with_the_path_of_the_field() {
    let part = |number: Value, size: Value, etag: Value| json!([{ "partNumber": number, "size": size, "eTag": etag }]);
    let mut words = String::new();
    for result in [
        json!(null),
        json!({}),
        part(json!(0), json!(1), json!("e")),
        json!([{ "partNumber": 2, "size": 1, "eTag": "a" }, { "partNumber": 2, "size": 1, "eTag": "b" }]),
    ] {
        let (provider, _) = answering(&[(OK, yes(&result))], &json!({})).await;
        let failure = provider.list_parts(&session()).await.unwrap_err();
        writeln!(words, "{}", failure.detail).unwrap();
    }
    insta::assert_snapshot!(words);
    // Only the number matters.
    for size in [json!(null), json!("much"), json!({})] {
        let (provider, _) = answering(&[(OK, yes(&part(json!(1), size, json!("e"))))], &json!({})).await;
        let listed = provider.list_parts(&session()).await.unwrap();
        assert_eq!((listed[0].number.get(), listed[0].size), (1, None));
    }
    for etag in [json!(null), json!(""), json!("\"\"")] {
        let (provider, _) =
            answering(&[(OK, yes(&part(json!(1), json!(1), etag.clone())))], &json!({})).await;
        let listed = provider.list_parts(&session()).await.unwrap();
        assert_eq!((listed[0].size.unwrap(), &listed[0].etag), (1, &None), "{etag}");
    }
}
