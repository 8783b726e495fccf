//! Valid settings, and the sentences for invalid ones.

use std::fmt::Write;

use partway_providers::Kinds;
use partway_providers::autorender::{Auth, Settings};
use serde_json::json;

use crate::kinds::named;

#[test]
fn what_is_not_set_has_its_default() {
    for settings in [json!({}), json!(null), json!({ "url": "", "auth": null })] {
        let read = Settings::read(&settings).unwrap();
        assert_eq!((read.url.as_str(), read.auth), ("https://upload.autorender.io/", Auth::Bearer));
    }
    assert_eq!(Settings::read(&json!({ "auth": "x-api-key" })).unwrap().auth, Auth::XApiKey);
}

#[test]
fn without_tls_only_this_computer_is_talked_to() {
    for url in [
        "https://acme.example/a/b/",
        "http://127.0.0.1:4000/autorender",
        "http://localhost:1",
        "http://[::1]:2",
        "http://127.8.8.8",
    ] {
        assert_eq!(named("autorender").validate(&json!({ "url": url })), Ok(()), "{url}");
    }
    for url in [
        "http://upload.autorender.io",
        "http://10.0.0.1",
        "http://localhost.example",
        "http://127.0.0.1.example",
    ] {
        assert_eq!(named("autorender").validate(&json!({ "url": url })).unwrap_err().field, "url", "{url}");
    }
}

#[test]
fn what_cannot_be_used_is_told_in_a_sentence() {
    let mut words = String::new();
    for (kind, settings) in [
        ("autorender", json!({ "url": "upload.autorender.io" })),
        ("autorender", json!({ "url": "http://upload.autorender.io" })),
        ("autorender", json!({ "url": "ftp://upload.autorender.io" })),
        ("autorender", json!({ "url": "https://me:pass@upload.autorender.io" })),
        ("autorender", json!({ "url": "https://upload.autorender.io/?a=b" })),
        ("autorender", json!({ "url": 7 })),
        ("autorender", json!({ "auth": "basic" })),
    ] {
        let error = named(kind).validate(&settings).unwrap_err();
        writeln!(words, "{kind} {settings}\n  {}: {}", error.field, error.sentence).unwrap();
    }
    insta::assert_snapshot!(words);
}

#[test]
fn every_kind_can_be_opened_once_what_it_requires_is_there() {
    for kind in Kinds::built_in().iter() {
        let required = kind.about().settings.iter().filter(|setting| setting.required);
        let mut settings = json!({});
        for setting in required.clone() {
            settings[&*setting.name] =
                if setting.name == "url" { json!("https://a.example") } else { json!("abc") };
        }
        assert_eq!(kind.validate(&settings), Ok(()), "{}", kind.name());
        for setting in required {
            let mut lacking = settings.clone();
            lacking[&*setting.name] = json!(" ");
            assert_eq!(kind.validate(&lacking).unwrap_err().field, setting.name, "{}", kind.name());
        }
    }
}

#[test]
fn a_kind_that_does_not_exist_is_refused_with_those_that_do() {
    let error = Kinds::built_in().named("nobody").unwrap_err();
    assert_eq!(error.field, "kind");
    insta::assert_snapshot!(error.sentence, @"There is no kind “nobody”. Choose one of: autorender, gjirafa, record360, s3.");
}
