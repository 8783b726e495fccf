//! User name and password: the token they obtain, and a fresh one when it is refused.

use partway_core::{Cause, RetryClass};
use serde_json::json;

use super::{OK, TOKEN, answering, facts, opened, plan, receipts, session, with_key};
use crate::server::told;

const PASSWORD: &str = "pass word?ü";

fn token(token: &str) -> (&'static str, String) {
    (OK, json!({ "auth_token": token, "user": { "id": 5 } }).to_string())
}

fn refused() -> (&'static str, String) {
    ("401 Unauthorized", r#"{"error":"token is over"}"#.to_owned())
}

#[tokio::test]
async fn a_password_brings_a_token_that_is_used_until_it_is_refused() {
    let started = (OK, opened(3).to_string());
    let replies = [token("t.1.a"), started.clone(), started.clone(), refused(), token("t.2.b"), started];
    let (provider, mut asked) = with_key(&replies, &json!({ "user": "ana" }), PASSWORD).await;
    for _ in 0..3 {
        provider.start(&facts(), Some(plan())).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut starts = Vec::new();
    while let Ok((head, body)) = asked.try_recv() {
        assert!(head.contains("\r\naccept: application/json; version=1\r\n"), "{head}");
        let signed =
            head.lines().find_map(|line| line.strip_prefix("authorization: ")).map(ToOwned::to_owned);
        if head.starts_with("POST /api/users/authenticate HTTP/1.1\r\n") {
            assert_eq!(body, json!({ "user": { "username": "ana", "password": PASSWORD } }));
            assert_eq!(signed, None);
        } else {
            starts.push(head.lines().next().unwrap().to_owned());
        }
        seen.push(signed.unwrap_or_default());
    }
    assert_eq!(seen, ["", "Token t.1.a", "Token t.1.a", "Token t.1.a", "", "Token t.2.b"]);
    // The refusal proves that nothing was begun, so the same start is sent again.
    assert_eq!(starts[2], starts[3]);
    assert_ne!(starts[1], starts[2]);
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_too_is_the_keys_fault() {
    let replies = [token("t.1.a"), refused(), token("t.2.b"), refused()];
    let (provider, mut asked) = with_key(&replies, &json!({ "user": "ana" }), PASSWORD).await;
    let failure = provider.complete(&session(), &receipts()).await.unwrap_err();
    assert_eq!((failure.class, failure.cause), (RetryClass::Credentials, Cause::KeyRefused));
    let mut calls = 0;
    while asked.try_recv().is_ok() {
        calls += 1;
    }
    assert_eq!(calls, 4);
}

#[tokio::test]
async fn a_refused_token_that_was_given_is_not_asked_about_again() {
    let (provider, mut asked) = answering(&[refused()], &json!({})).await;
    let failure = provider.start(&facts(), Some(plan())).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Credentials);
    assert!(asked.recv().await.unwrap().0.contains(TOKEN));
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn a_sign_in_that_does_not_work_is_told_without_the_password() {
    let echo = json!({ "error": format!("no user with {PASSWORD}") }).to_string();
    let mut words = String::new();
    for (name, status, body) in [
        ("wrong", "401 Unauthorized", echo.as_str()),
        ("wrong, as some frameworks say it", "422 Unprocessable Content", &echo),
        ("no such server", "404 Not Found", r#"{"error":"no route"}"#),
        ("no token", OK, r#"{"user":{}}"#),
        ("a token that is none", OK, r#"{"auth_token":7}"#),
        ("busy", "503 Service Unavailable", ""),
        ("gateway", "504 Gateway Timeout", ""),
        ("a page", OK, "<html>"),
    ] {
        let (provider, mut asked) =
            with_key(&[(status, body.to_owned())], &json!({ "user": "ana" }), PASSWORD).await;
        let failure = provider.complete(&session(), &receipts()).await.unwrap_err();
        words.push_str(&format!("{name}: {}", told(&failure)));
        asked.recv().await.unwrap();
        assert!(asked.try_recv().is_err(), "without a token nothing else is asked");
    }
    assert!(!words.contains(PASSWORD), "{words}");
    insta::assert_snapshot!(words);
}
