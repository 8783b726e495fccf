//! Record360's settings, and the sentences for invalid ones.

use std::fmt::Write;

use partway_core::ApiKey;
use partway_http::{ApiClient, HttpOptions};
use partway_providers::record360::Settings;
use serde_json::json;

use crate::kinds::named;

#[test]
fn what_is_not_set_has_its_default() {
    for settings in [json!({}), json!(null), json!({ "url": "", "user": " ", "other_types": null })] {
        let read = Settings::read(&settings).unwrap();
        assert_eq!(
            (read.url.as_str(), read.user, read.other_types),
            ("https://api.record360.com/", None, false)
        );
    }
    let read = Settings::read(&json!({ "user": "ana", "other_types": "octet-stream" })).unwrap();
    assert_eq!((read.user.as_deref(), read.other_types), (Some("ana"), true));
}

#[test]
fn what_cannot_be_used_is_told_in_a_sentence() {
    let mut words = String::new();
    for settings in [
        json!({ "url": "http://api.record360.com" }),
        json!({ "user": 5.5, "other_types": "all" }),
        json!({ "user": ["ana"] }),
    ] {
        let error = named("record360").validate(&settings).unwrap_err();
        writeln!(words, "{settings}\n  {}: {}", error.field, error.sentence).unwrap();
    }
    insta::assert_snapshot!(words);
}

#[test]
fn a_key_that_is_no_token_is_told_unless_it_is_a_users_password() {
    let http = ApiClient::new(&HttpOptions::default()).unwrap();
    let open =
        |settings, key: &str| named("record360").open(&settings, ApiKey::new(key).into(), http.clone());
    let mut words = String::new();
    for key in ["hunter2", "AKIAIOSFODNN7EXAMPLE", "https://api.record360.com"] {
        let error = open(json!({}), key).err().unwrap();
        assert_eq!(error.field, "key");
        writeln!(words, "{key}: {}", error.sentence).unwrap();
        assert!(open(json!({ "user": "ana" }), key).is_ok());
    }
    assert!(open(json!({}), super::TOKEN).is_ok());
    insta::assert_snapshot!(words);
}
