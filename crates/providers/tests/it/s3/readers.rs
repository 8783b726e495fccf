//! What Partway sent, read back by third-party programs: Amazon's own (`aws`) and `rclone`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use md5::{Digest, Md5};
use partway_provider::{Fields, FileFacts};
use serde_json::{Value, json};

use super::weed::{PART, Weed, named, upload};
use crate::rig::bytes;

/// A program that has the server and the key, and nothing else of this machine.
fn program(weed: &Weed, path: &Path, home: &Path) -> Command {
    let mut command = Command::new(path);
    let system = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", system).env("HOME", home).current_dir(home);
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", partway_seaweed::KEY),
        ("AWS_SECRET_ACCESS_KEY", partway_seaweed::SECRET),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("RCLONE_CONFIG_W_TYPE", "s3"),
        ("RCLONE_CONFIG_W_PROVIDER", "Other"),
        ("RCLONE_CONFIG_W_ACCESS_KEY_ID", partway_seaweed::KEY),
        ("RCLONE_CONFIG_W_SECRET_ACCESS_KEY", partway_seaweed::SECRET),
        ("RCLONE_CONFIG_W_ENDPOINT", &weed.url),
    ] {
        command.env(name, value);
    }
    command
}

fn output(mut command: Command) -> String {
    let done = command.output().unwrap_or_else(|error| {
        unreachable!(
            "{:?}: {error}. It comes with: cargo xtask test --only packages --only venv",
            command.get_program()
        )
    });
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn aws(weed: &Weed, home: &Path, what: &[&str]) -> Value {
    let path = partway_seaweed::program("aws").unwrap();
    let mut command = program(weed, &path, home);
    command.args(["--endpoint-url", &weed.url, "--output", "json", "s3api"]).args(what);
    let said = output(command);
    serde_json::from_str(&said).unwrap_or(Value::Null)
}

fn rclone(weed: &Weed, home: &Path, what: &[&str]) -> String {
    let mut command = program(weed, Path::new("rclone"), home);
    command.args(what).arg(format!("w:{}", weed.bucket));
    output(command)
}

#[tokio::test]
async fn others_read_the_same_bytes_type_and_metadata() {
    let weed = Weed::new("readers");
    let settings = json!({ "prefix": "in", "object": "{path}/{stem} final.{ext}" });
    let provider = weed.provider(&settings);
    let home = tempfile::tempdir().unwrap();
    let metadata = BTreeMap::from([("scene", "12 a"), ("Take-No", "3")]);
    let fields = Fields {
        folder: Some("día 1/ü".to_owned()),
        metadata: metadata.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        tags: vec!["camera=B 1".to_owned(), "raw".to_owned()],
        ..Fields::default()
    };
    let mut sums = BTreeMap::new();
    for size in [0, 1000, PART + 5] {
        let facts = FileFacts { fields: fields.clone(), ..named(&format!("映像 {size}.mov"), size) };
        let sent = bytes(size);
        let receipt = upload(provider.as_ref(), &facts, &sent).await;
        let key = receipt.id.unwrap();
        assert_eq!(key, format!("in/día 1/ü/映像 {size} final.mov"));

        let file = home.path().join("read");
        let of = ["--bucket", &weed.bucket, "--key", &key];
        let head = aws(&weed, home.path(), &[&["get-object"], &of[..], &[file.to_str().unwrap()]].concat());
        assert_eq!(std::fs::read(&file).unwrap(), sent, "{key}");
        assert_eq!((&head["ContentType"], &head["ContentLength"]), (&json!("video/quicktime"), &json!(size)));
        let lower: BTreeMap<_, _> = head["Metadata"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.clone()))
            .collect();
        assert_eq!(json!(lower), json!({ "scene": "12 a", "take-no": "3" }));
        let etag = head["ETag"].as_str().unwrap().trim_matches('"');
        assert_eq!(receipt.checksum, Some(format!("md5:{etag}")));
        let tags = aws(&weed, home.path(), &[&["get-object-tagging"], &of[..]].concat());
        let set = json!([{ "Key": "camera", "Value": "B 1" }, { "Key": "raw", "Value": "" }]);
        assert_eq!(tags["TagSet"], set);
        sums.insert(key, super::weed::hex(&Md5::digest(&sent)));
    }
    let read = rclone(&weed, home.path(), &["md5sum", "--download"]);
    let read: BTreeMap<_, _> = read
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(sum, key)| (key.to_owned(), sum.to_owned()))
        .collect();
    assert_eq!(read, sums);
    let listed = rclone(&weed, home.path(), &["lsjson", "--recursive", "--files-only"]);
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    assert!(listed.iter().all(|file| file["MimeType"] == "video/quicktime"), "{listed:?}");
    // No unfinished upload is left.
    let open = aws(&weed, home.path(), &["list-multipart-uploads", "--bucket", &weed.bucket]);
    assert!(open["Uploads"].as_array().is_none_or(Vec::is_empty), "{open}");
}
