//! Valid settings, and the sentences for invalid ones.

use std::fmt::Write;
use std::time::Duration;

use partway_providers::s3::Settings;
use serde_json::{Value, json};

use crate::kinds::named;

fn base(settings: &Value) -> String {
    Settings::read(settings).unwrap().bucket.base_url().to_string()
}

#[test]
fn the_bucket_is_named_where_its_server_looks_for_it() {
    for (settings, url) in [
        (json!({ "bucket": "films" }), "https://films.s3.us-east-1.amazonaws.com/"),
        (
            json!({ "bucket": "films", "url": "https://s3.amazonaws.com/", "region": "eu-central-1" }),
            "https://films.s3.eu-central-1.amazonaws.com/",
        ),
        (
            json!({ "bucket": "my.films", "region": "eu-central-1" }),
            "https://s3.eu-central-1.amazonaws.com/my.films/",
        ),
        (
            json!({ "bucket": "films", "region": "cn-north-1" }),
            "https://films.s3.cn-north-1.amazonaws.com.cn/",
        ),
        (json!({ "bucket": "films", "style": "path" }), "https://s3.us-east-1.amazonaws.com/films/"),
        (
            json!({ "bucket": "Old_Films", "url": "https://minio.example:9000/base" }),
            "https://minio.example:9000/base/Old_Films/",
        ),
        (
            json!({ "bucket": "films", "url": "https://r2.example", "style": "vhost" }),
            "https://films.r2.example/",
        ),
        (json!({ "bucket": "films", "url": "http://127.0.0.1:8333" }), "http://127.0.0.1:8333/films/"),
        (
            json!({ "bucket": "films", "url": "http://nas.local:9000", "allow_http": "true" }),
            "http://nas.local:9000/films/",
        ),
    ] {
        assert_eq!(base(&settings), url, "{settings}");
    }
}

#[test]
fn what_is_not_set_has_its_default_and_all_can_be_set() {
    let read = Settings::read(&json!({ "bucket": "films", "acl": "none", "prefix": " / " })).unwrap();
    assert_eq!((read.prefix.as_str(), read.storage_class, read.acl), ("", None, None));
    assert_eq!((read.link_life, read.bucket.region()), (Duration::from_secs(12 * 3600), "us-east-1"));
    let all = json!({ "bucket": "films", "acl": "public-read", "prefix": "/a/b/", "storage_class": "GLACIER_IR",
                      "link_hours": 168, "region": "auto", "object": "{date}/{name}" });
    let read = Settings::read(&all).unwrap();
    assert_eq!((read.prefix.as_str(), read.storage_class.as_deref()), ("a/b", Some("GLACIER_IR")));
    assert_eq!((read.acl, read.link_life), (Some("public-read"), Duration::from_secs(168 * 3600)));
    assert_eq!(read.bucket.region(), "auto");
}

#[test]
fn what_cannot_be_used_is_told_in_a_sentence() {
    let mut words = String::new();
    for (field, value) in [
        ("bucket", json!("")),
        ("bucket", json!("s3://films")),
        ("bucket", json!("films/2024")),
        ("bucket", json!("arn:aws:s3:eu-west-1:1:accesspoint/x")),
        ("bucket", json!("a")),
        ("bucket", json!("größe")),
        ("url", json!("minio.example")),
        ("url", json!("http://minio.example")),
        ("url", json!("https://key:secret@minio.example")),
        ("region", json!("Frankfurt (eu)")),
        ("style", json!("virtual")),
        ("object", json!("{path}/{nam}")),
        ("object", json!("film.mov")),
        ("prefix", json!("a/../b")),
        ("prefix", json!("a\nb")),
        ("storage_class", json!("cold")),
        ("acl", json!("everybody")),
        ("link_hours", json!("0")),
        ("link_hours", json!("200")),
        ("link_hours", json!("a day")),
        ("allow_http", json!("perhaps")),
    ] {
        let mut settings = json!({ "bucket": "films", "url": "https://minio.example" });
        settings[field] = value;
        let error = named("s3").validate(&settings).unwrap_err();
        assert_eq!(error.field, field, "{settings}");
        writeln!(words, "{field} {}\n  {}", settings[field], error.sentence).unwrap();
    }
    for settings in [
        json!({ "bucket": "films", "url": "https://10.0.0.1", "style": "vhost" }),
        json!({ "bucket": "my.films", "url": "https://minio.example", "style": "vhost" }),
        json!({ "bucket": "My_Films", "url": "https://minio.example", "style": "vhost" }),
    ] {
        let error = named("s3").validate(&settings).unwrap_err();
        writeln!(words, "{settings}\n  {}: {}", error.field, error.sentence).unwrap();
    }
    insta::assert_snapshot!(words);
}
