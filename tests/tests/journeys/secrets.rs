//! Keys and presigned addresses are nowhere: not in the data folder, not in a log, not in what is printed.

use std::path::Path;

use rusqlite::Connection;

use crate::support::{Chance, DataCopy, House, Ran, Running};

/// What a presigned address is known by.
const SIGNATURE: &str = "X-Amz-Signature";

/// Things that each make something worth writing about go wrong, some of them with an address in hand.
const FAULTS: [&str; 9] = [
    "403-expired@part=2",
    "500-once@start",
    "html-instead-of-json@start",
    "502@part:2",
    "reset-mid-body@part:2",
    "503-slowdown@part:1",
    "wrong-etag@part:1",
    "400-bad-digest@part:1",
    "complete-lost-answer",
];

#[test]
fn neither_key_nor_signature_is_left_after_a_run_with_faults() {
    let mut options = vec!["--part-size", "65536", "--slow", "0.3"];
    for fault in FAULTS {
        options.extend(["--fault", fault]);
    }
    options.extend(["--fault", "slow@part:always"]);
    let house = House::with(&options);
    house.file("a.mov", 150 << 16, &mut Chance::of("secrets"));

    let mut upload = logged(&house, &["upload", "a.mov", "--json"]);
    let confirmed = |event: &serde_json::Value| event["confirmed"].as_u64() >= Some(12 << 16);
    upload.until("12 parts", confirmed);
    upload.kill();
    // While links are needed they stand in the journal, and nowhere else; the key stands nowhere even then.
    let signatures = signatures(&house);
    assert!(!signatures.is_empty(), "this run has no links to look for");
    let key = house.key.as_str();
    search(&house.data(), &[key]);
    search_but(&house.data(), "journal", &[key, SIGNATURE]);

    let ran = logged(&house, &["resume", "--json"]).end();
    ran.assert_verified();
    let list = house.run(["list", "--json"]);
    let destinations = house.run(["destinations", "list", "--json"]);
    let mut secrets = vec![key, SIGNATURE];
    secrets.extend(signatures.iter().map(String::as_str));
    for ran in [&ran, &list, &destinations] {
        in_words(ran, &secrets);
    }
    search(&house.data(), &secrets);
    let log = std::fs::read(house.sandbox.log_file()).unwrap();
    assert_eq!(found(&log, &secrets), None, "in the sandbox's log");
}

#[test]
fn a_key_that_is_refused_is_not_repeated() {
    let mut house = House::with(&[]);
    house.key = "sk-wrong-and-secret-93417".to_owned();
    house.file("a.mov", 9, &mut Chance::of("a_key_that_is_refused"));
    let ran = logged(&house, &["upload", "a.mov", "--json"]).end();
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let list = house.run(["list"]);
    for ran in [&ran, &list] {
        in_words(ran, &[&house.key]);
    }
    search(&house.data(), &[&house.key]);
}

#[cfg(unix)]
#[test]
fn the_data_folder_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::with(&["--part-size", "65536", "--fault", "slow:always", "--slow", "0.3"]);
    house.file("a.mov", 20 << 16, &mut Chance::of("private"));
    let mut upload = house.begin(["upload", "a.mov", "--json"]);
    upload.until_event("part");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&house.data()), 0o700);
    for entry in std::fs::read_dir(house.data()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path) & 0o077, 0, "{} is open to others", path.display());
    }
    upload.kill();
}

/// A command that logs all that it can.
fn logged(house: &House, words: &[&str]) -> Running {
    let mut command = house.command(words);
    command.env("PARTWAY_LOG", "trace");
    Running::begin(command)
}

/// The signatures of all links that the journal holds now.
fn signatures(house: &House) -> Vec<String> {
    let copy = DataCopy::of(&house.data());
    let conn = Connection::open(copy.path().join("journal.db")).unwrap();
    let mut statement = conn.prepare("SELECT url FROM target").unwrap();
    let urls = statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    urls.filter_map(|url| Some(url.split_once("X-Amz-Signature=")?.1.split('&').next()?.to_owned())).collect()
}

fn in_words(ran: &Ran, secrets: &[&str]) {
    assert_eq!(found(ran.out.as_bytes(), secrets), None, "in what was printed");
    assert_eq!(found(ran.err.as_bytes(), secrets), None, "in what was logged");
}

fn search(folder: &Path, secrets: &[&str]) {
    search_but(folder, "\0", secrets);
}

/// Fails if a file of this folder holds one of the secrets; files that begin so are left out.
fn search_but(folder: &Path, but: &str, secrets: &[&str]) {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            search_but(&path, but, secrets);
        } else if path.is_file() && !name.starts_with(but) {
            files += 1;
            assert_eq!(found(&std::fs::read(&path).unwrap(), secrets), None, "in {}", path.display());
        }
    }
    assert!(files > 0, "nothing to search in {}", folder.display());
}

/// The first of the secrets that is in these bytes, in whatever case.
fn found<'a>(bytes: &[u8], secrets: &[&'a str]) -> Option<&'a str> {
    let lower = bytes.to_ascii_lowercase();
    let text = String::from_utf8_lossy(&lower);
    secrets.iter().copied().find(|secret| text.contains(&secret.to_ascii_lowercase()))
}
