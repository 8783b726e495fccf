//! Credentials: keys of the wrong kind are rejected before anything is sent, and a temporary one is sent with
//! its token.

use std::fmt::Write;

use partway_core::{ApiKey, Credentials};
use partway_http::{ApiClient, HttpOptions};
use serde_json::json;

use super::{ABSENT, KEY, SECRET, plan};
use crate::kinds::named;
use crate::server::{file, open_with, serve};

fn credentials(key: &str, secret: Option<&str>, token: Option<&str>) -> Credentials {
    Credentials {
        key: ApiKey::new(key),
        secret: secret.map(ApiKey::new),
        session_token: token.map(ApiKey::new),
    }
}

#[test]
fn a_key_of_the_wrong_kind_is_told() {
    let http = ApiClient::new(&HttpOptions::default()).unwrap();
    let mut words = String::new();
    for (name, given) in [
        ("no secret", credentials(KEY, None, None)),
        ("a blank secret", credentials(KEY, Some(" \n"), None)),
        ("the secret for the id", credentials(SECRET, None, None)),
        ("the secret twice", credentials(SECRET, Some(SECRET), None)),
        ("the wrong way round", credentials(SECRET, Some(KEY), None)),
        ("the id twice", credentials(KEY, Some(KEY), None)),
        ("no id", credentials("", Some(SECRET), None)),
        ("a token", credentials("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", Some(SECRET), None)),
        ("two words", credentials("my key", Some(SECRET), None)),
        ("a lent one without its token", credentials("ASIAIOSFODNN7EXAMPLE", Some(SECRET), None)),
    ] {
        let error = named("s3").open(&json!({ "bucket": "films" }), given, http.clone()).err().expect(name);
        writeln!(words, "{name}\n  {}: {}", error.field, error.sentence).unwrap();
    }
    assert!(!words.contains(KEY) && !words.contains(SECRET), "{words}");
    insta::assert_snapshot!(words);
    for given in [
        credentials(&format!(" {KEY}\n"), Some(SECRET), None),
        credentials("minio", Some("minio123"), None),
        credentials("ASIAIOSFODNN7EXAMPLE", Some(SECRET), Some("token")),
        credentials(KEY, Some(SECRET), Some(" ")),
    ] {
        assert!(named("s3").open(&json!({ "bucket": "films" }), given, http.clone()).is_ok());
    }
}

#[tokio::test]
async fn a_lent_key_goes_with_its_token_and_its_secret_goes_nowhere() {
    let (url, mut asked) = serve(&[ABSENT]).await;
    let settings = json!({ "url": url, "bucket": "films" });
    let provider = open_with("s3", &settings, credentials("ASIAIOSFODNN7EXAMPLE", Some(SECRET), Some("t/1")));
    let started = provider.start(&file(5), plan(5)).await.unwrap();
    let head = asked.recv().await.unwrap().0;
    for text in [head.as_str(), started.targets[0].url.expose()] {
        assert!(text.contains("X-Amz-Security-Token=t%2F1"), "{text}");
        assert!(
            text.contains("X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20240501%2Fus-east-1%2Fs3%2Faws4_request")
        );
        assert!(!text.contains(SECRET) && !text.contains("authorization"), "{text}");
    }
}
