//! Gjirafa's settings, and the sentences for invalid ones.

use std::fmt::Write;

use partway_core::ApiKey;
use partway_http::{ApiClient, HttpOptions};
use partway_provider::HashAlgorithm;
use partway_providers::gjirafa::{Encode, Settings};
use serde_json::{Value, json};

use crate::kinds::named;

fn with(more: &Value) -> Value {
    let mut all = json!({ "url": "https://vp.example/base/", "project": 12 });
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

#[test]
fn what_is_not_set_has_its_default_and_all_can_be_set() {
    let read = Settings::read(&with(&json!({ "auth": "", "encode": false }))).unwrap();
    assert_eq!(read.project.as_str(), "https://vp.example/base/api/projects/12");
    assert_eq!((read.key_prefix, read.duplicates, read.url_hours, read.encode), ("", None, None, None));

    let all = json!({
        "auth": "token", "duplicates": "sha256", "url_hours": "168", "encode": "true",
        "callback": "https://me.example/x", "author": " Ana ",
    });
    let read = Settings::read(&with(&all)).unwrap();
    assert_eq!((read.key_prefix, read.duplicates), ("Token ", Some(HashAlgorithm::Sha256)));
    assert_eq!(read.url_hours, Some(168));
    let (callback, author) = ("https://me.example/x".to_owned(), Some("Ana".to_owned()));
    assert_eq!(read.encode, Some(Encode { callback, author }));
}

#[test]
fn what_cannot_be_used_is_told_in_a_sentence() {
    let mut words = String::new();
    for settings in [
        json!({ "project": "1" }),
        json!({ "url": "https://vp.example" }),
        with(&json!({ "url": "vp.example" })),
        with(&json!({ "project": "https://vp.example/projects/12" })),
        with(&json!({ "project": ".." })),
        with(&json!({ "project": ["12"] })),
        with(&json!({ "auth": "digest" })),
        with(&json!({ "duplicates": "crc32" })),
        with(&json!({ "url_hours": "0" })),
        with(&json!({ "url_hours": "169" })),
        with(&json!({ "url_hours": "a day" })),
        with(&json!({ "encode": "yes" })),
        with(&json!({ "encode": "true" })),
        with(&json!({ "callback": "me.example" })),
        with(&json!({ "author": "Ana\nMe" })),
    ] {
        let error = named("gjirafa").validate(&settings).unwrap_err();
        writeln!(words, "{settings}\n  {}: {}", error.field, error.sentence).unwrap();
    }
    insta::assert_snapshot!(words);
}

#[test]
fn a_key_of_another_service_is_told() {
    let http = ApiClient::new(&HttpOptions::default()).unwrap();
    let key = ApiKey::new("AKIAIOSFODNN7EXAMPLE");
    let error = named("gjirafa").open(&with(&json!({})), key.into(), http).err().unwrap();
    assert_eq!(error.field, "key");
    insta::assert_snapshot!(error.sentence, @"This is an access key id of AWS, not a key of Gjirafa. Copy the key from there.");
}
