//! Addresses that contain a bucket, as people copy them from services' pages.

use serde_json::{Value, json};

use crate::Kinds;

/// Server, bucket, folder and style as stored; or the field and the sentence.
fn kept(url: &str, bucket: &str, more: &Value) -> Result<String, String> {
    let mut settings = json!({ "url": url, "bucket": bucket, "allow_http": "true" });
    for (name, value) in more.as_object().into_iter().flatten() {
        settings[name] = value.clone();
    }
    if bucket.is_empty() {
        settings.as_object_mut().unwrap().remove("bucket");
    }
    let amended = Kinds::built_in()
        .named("s3")
        .unwrap()
        .amend(&settings)
        .map_err(|error| format!("{}: {}", error.field, error.sentence))?;
    let now = &amended.settings;
    assert_eq!(amended.said.is_empty(), *now == settings, "what is changed is said: {:?}", amended.said);
    let part = |name: &str| now[name].as_str().unwrap_or("-").to_owned();
    Ok(["url", "bucket", "prefix", "style"].map(part).join(" "))
}

#[test]
fn a_bucket_in_the_path_is_taken_once() {
    for (url, server) in [
        ("https://acct.r2.cloudflarestorage.com/films", "https://acct.r2.cloudflarestorage.com"),
        ("https://acct.eu.r2.cloudflarestorage.com/films/", "https://acct.eu.r2.cloudflarestorage.com"),
        (" HTTPS://ACCT.R2.CLOUDFLARESTORAGE.COM/films// ", "https://acct.r2.cloudflarestorage.com"),
        ("https://s3.eu-central-1.amazonaws.com/films", "https://s3.eu-central-1.amazonaws.com"),
        ("https://storage.googleapis.com/films", "https://storage.googleapis.com"),
        ("https://s3.us-west-004.backblazeb2.com/films", "https://s3.us-west-004.backblazeb2.com"),
        ("http://127.0.0.1:9000/films", "http://127.0.0.1:9000"),
        ("http://localhost:9000/films/", "http://localhost:9000"),
        ("https://minio.example.com/films", "https://minio.example.com"),
        ("https://nas.example.com:8443/s3/films", "https://nas.example.com:8443/s3"),
    ] {
        assert_eq!(kept(url, "films", &json!({})).unwrap(), format!("{server} films - -"), "{url}");
    }
}

#[test]
fn a_folder_in_the_address_is_kept_as_it_is_meant() {
    for (url, folder) in [
        ("https://s3.eu-central-1.amazonaws.com/films/März 3", "März 3"),
        ("https://s3.eu-central-1.amazonaws.com/films/Drehtag%203/100%25", "Drehtag 3/100%"),
        ("https://films.s3.eu-central-1.amazonaws.com/a+b/%C3%BC", "a+b/ü"),
        ("https://s3.eu-central-1.amazonaws.com/films/%ff", "%ff"),
    ] {
        let now = kept(url, "films", &json!({})).unwrap();
        assert_eq!(now, format!("https://s3.eu-central-1.amazonaws.com films {folder} -"), "{url}");
    }
    // A path of the server's own stays an address.
    let now = kept("https://nas.example.com/mein%20s3/films", "films", &json!({})).unwrap();
    assert_eq!(now, "https://nas.example.com/mein%20s3 films - -");
}

#[test]
fn alibabas_servers_for_clients_of_s3_name_no_bucket() {
    let server = "https://s3.oss-cn-hangzhou.aliyuncs.com";
    for url in [server, "https://s3.oss-cn-hangzhou.aliyuncs.com/films"] {
        assert_eq!(kept(url, "films", &json!({})).unwrap(), format!("{server} films - -"), "{url}");
    }
    let before = kept("https://films.s3.oss-cn-hangzhou.aliyuncs.com", "films", &json!({})).unwrap();
    assert_eq!(before, format!("{server} films - vhost"));
}

#[test]
fn a_bucket_before_the_servers_name_is_taken_once() {
    for (url, now) in [
        ("https://films.s3.eu-central-1.amazonaws.com", "https://s3.eu-central-1.amazonaws.com films - -"),
        ("https://FILMS.S3.EU-CENTRAL-1.AMAZONAWS.COM/", "https://s3.eu-central-1.amazonaws.com films - -"),
        ("https://films.s3-eu-west-1.amazonaws.com", "https://s3-eu-west-1.amazonaws.com films - -"),
        ("https://films.s3.amazonaws.com", "https://s3.amazonaws.com films - -"),
        (
            "https://films.s3.dualstack.eu-west-1.amazonaws.com",
            "https://s3.dualstack.eu-west-1.amazonaws.com films - -",
        ),
        ("https://films.s3.cn-north-1.amazonaws.com.cn", "https://s3.cn-north-1.amazonaws.com.cn films - -"),
        (
            "https://films.s3.us-west-004.backblazeb2.com",
            "https://s3.us-west-004.backblazeb2.com films - vhost",
        ),
        (
            "https://films.acct.r2.cloudflarestorage.com",
            "https://acct.r2.cloudflarestorage.com films - vhost",
        ),
        (
            "https://films.acct.eu.r2.cloudflarestorage.com",
            "https://acct.eu.r2.cloudflarestorage.com films - vhost",
        ),
        ("https://films.nyc3.digitaloceanspaces.com", "https://nyc3.digitaloceanspaces.com films - vhost"),
        ("https://films.storage.googleapis.com", "https://storage.googleapis.com films - vhost"),
        ("http://films.localhost:9000", "http://localhost:9000 films - vhost"),
        ("https://films.s3.example.com/base", "https://s3.example.com/base films - vhost"),
    ] {
        assert_eq!(kept(url, "films", &json!({})).unwrap(), now, "{url}");
    }
    let dotted = kept("https://my.films.s3.eu-west-1.amazonaws.com", "my.films", &json!({})).unwrap();
    assert_eq!(dotted, "https://s3.eu-west-1.amazonaws.com my.films - -");
    // A chosen style is kept; the bucket is in the address all the same.
    let path =
        kept("https://films.s3.eu-west-1.amazonaws.com", "films", &json!({ "style": "path" })).unwrap();
    assert_eq!(path, "https://s3.eu-west-1.amazonaws.com films - path");
}

#[test]
fn a_bucket_that_only_the_address_names_is_taken_from_it() {
    for (url, now) in [
        ("https://acct.r2.cloudflarestorage.com/films", "https://acct.r2.cloudflarestorage.com films - -"),
        ("https://films.s3.eu-west-1.amazonaws.com", "https://s3.eu-west-1.amazonaws.com films - -"),
        ("http://127.0.0.1:9000/films/", "http://127.0.0.1:9000 films - -"),
        (
            "https://acct.r2.cloudflarestorage.com/films/in/day",
            "https://acct.r2.cloudflarestorage.com films in/day -",
        ),
        ("https://films.s3.eu-west-1.amazonaws.com/in", "https://s3.eu-west-1.amazonaws.com films in -"),
    ] {
        assert_eq!(kept(url, "", &json!({})).unwrap(), now, "{url}");
    }
    for url in ["https://minio.example.com", "https://acct.r2.cloudflarestorage.com/"] {
        assert!(
            kept(url, "", &json!({})).unwrap_err().starts_with("bucket: The bucket is missing."),
            "{url}"
        );
    }
}

#[test]
fn a_server_that_is_meant_as_it_was_typed_stays() {
    for (url, bucket, more) in [
        ("https://minio.example.com", "films", json!({})),
        ("https://proxy.example.com/s3", "films", json!({})),
        ("https://proxy.example.com/s3/store/", "films", json!({})),
        ("https://films-store.example.com", "films", json!({})),
        // The names of machines at home.
        ("http://films:9000", "films", json!({})),
        ("http://backup.local:9000", "backup", json!({})),
        ("https://films.example.com", "films", json!({ "style": "path" })),
        ("https://bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com", "films", json!({})),
    ] {
        let style = more["style"].as_str().unwrap_or("-").to_owned();
        assert_eq!(kept(url, bucket, &more).unwrap(), format!("{url} {bucket} - {style}"), "{url}");
    }
    // A folder in the server's own path with the bucket's name is written twice.
    let twice = kept("https://proxy.example.com/films/films", "films", &json!({})).unwrap();
    assert_eq!(twice, "https://proxy.example.com/films films - -");
}

#[test]
fn what_can_be_read_in_two_ways_is_asked_with_both() {
    for (url, bucket, more, field, shown) in [
        (
            "https://acct.r2.cloudflarestorage.com/films",
            "photos",
            json!({}),
            "url",
            vec!["“films”", "“photos”", "https://acct.r2.cloudflarestorage.com,"],
        ),
        ("https://films.s3.eu-west-1.amazonaws.com", "photos", json!({}), "url", vec!["“films”", "“photos”"]),
        ("http://127.0.0.1:9000/Films", "films", json!({}), "url", vec!["“Films”", "“films”"]),
        (
            "https://minio.example.com/films/in",
            "films",
            json!({}),
            "url",
            vec![
                "folder “in”",
                "https://minio.example.com/films/in",
                "https://minio.example.com/films/in/films",
            ],
        ),
        (
            "https://minio.example.com/films/in",
            "",
            json!({}),
            "bucket",
            vec!["bucket “films” with the folder “in”", "bucket “in” at https://minio.example.com/films"],
        ),
        (
            "https://films.example.com",
            "films",
            json!({}),
            "url",
            vec!["https://films.example.com/films/…", "https://films.example.com/…", "“path”", "“vhost”"],
        ),
        (
            "https://acct.r2.cloudflarestorage.com/films/in",
            "films",
            json!({ "prefix": "out" }),
            "prefix",
            vec!["“in”", "“out”"],
        ),
    ] {
        let said = kept(url, bucket, &more).unwrap_err();
        assert!(said.starts_with(&format!("{field}: ")), "{said}");
        assert!(shown.iter().all(|part| said.contains(part)), "{said}");
    }
    let chosen = kept("https://films.example.com", "films", &json!({ "style": "vhost" })).unwrap();
    assert_eq!(chosen, "https://example.com films - vhost");
}

#[test]
fn what_was_made_of_it_is_said() {
    let settings = json!({ "url": "https://acct.r2.cloudflarestorage.com/films/in", "bucket": "films" });
    insta::assert_snapshot!(Kinds::built_in().named("s3").unwrap().amend(&settings).unwrap().said.join("\n"), @"The address named the bucket, too. It is kept as: server https://acct.r2.cloudflarestorage.com, bucket “films”, folder “in”.");
    let settings = json!({ "url": "https://nas.example.com/films", "bucket": "films" });
    insta::assert_snapshot!(Kinds::built_in().named("s3").unwrap().amend(&settings).unwrap().said.join("\n"), @"The address named the bucket, too. It is kept as: server https://nas.example.com, bucket “films”. If the server's own path ends with “films”, write it twice: https://nas.example.com/films/films.");
}
