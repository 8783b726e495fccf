//! Every kind of destination, set up by nothing but what the sandbox says of itself in its first line.

use serde_json::Value;

use crate::support::{Chance, House, Made, Ran};

const MIB: u64 = 1 << 20;

/// The variables that hold the parts of a key.
const PARTS: [(&str, &str, &str); 3] = [
    ("key", "--key-env", "KIND_KEY"),
    ("secret", "--secret-env", "KIND_SECRET"),
    ("session_token", "--session-token-env", "KIND_TOKEN"),
];

/// `destinations add` for an entry: its fields are the flags, but for the key, which comes by variables.
fn flags(entry: &Value) -> Vec<String> {
    let mut words: Vec<String> =
        ["destinations", "add", entry["kind"].as_str().unwrap()].map(Into::into).into();
    for (name, value) in entry.as_object().unwrap() {
        match PARTS.iter().find(|(part, ..)| part == name) {
            Some((_, flag, variable)) => words.extend([(*flag).to_owned(), (*variable).to_owned()]),
            None => {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                words.extend([format!("--{}", name.replace('_', "-")), value]);
            }
        }
    }
    words
}

/// Runs a command with an entry's key in the variables.
fn run(house: &House, entry: &Value, words: &[impl AsRef<str>]) -> Ran {
    let mut command = house.command(words.iter().map(AsRef::as_ref));
    for (part, _, variable) in PARTS {
        if let Some(value) = entry[part].as_str() {
            command.env(variable, value);
        }
    }
    crate::support::Running::begin(command).end()
}

fn set_up(house: &House, entry: &Value) -> String {
    let ran = run(house, entry, &flags(entry));
    assert_eq!(ran.code, Some(0), "{entry}: {}{}", ran.out, ran.err);
    entry["kind"].as_str().unwrap().to_owned()
}

#[test]
fn every_kind_is_set_up_from_the_first_line_and_takes_a_file_byte_for_byte() {
    let house = House::with(&["--part-size", &MIB.to_string()]);
    let mut chance = Chance::of("every_kind");
    for entry in house.sandbox.destinations.clone() {
        let kind = set_up(&house, &entry);
        let name = format!("{kind} take.mp4");
        let file = house.file(&name, 11 * MIB + 7, &mut chance);
        let ran = run(&house, &entry, &["upload", name.as_str(), "--to", &kind, "--json"]);
        assert_eq!(ran.code, Some(0), "{kind}: {}{}", ran.out, ran.err);
        let state = ran.finished(&name)["state"].as_str().unwrap();
        assert!(["verified", "uploaded"].contains(&state), "{kind}: {state}");
        assert_eq!(house.sandbox.copies_of(&file.path), 1, "{kind}: {}", house.sandbox.words());
    }
}

#[test]
fn every_kind_is_tested_line_by_line_with_a_tiny_file_where_that_is_asked() {
    let house = House::with(&[]);
    for entry in house.sandbox.destinations.clone() {
        let kind = set_up(&house, &entry);
        let before = house.sandbox.objects().len();
        let ran = run(&house, &entry, &["destinations", "check", kind.as_str(), "--json"]);
        assert_eq!(ran.code, Some(0), "{kind}: {}{}", ran.out, ran.err);
        let about: Vec<_> = ran.events.iter().map(|line| line["about"].as_str().unwrap()).collect();
        // Where files can be in each other's way, it is told what the storage does then.
        let told: &[&str] = if kind == "s3" { &["replace"] } else { &[] };
        assert_eq!(about, [&["host", "clock", "key", "kept"], told].concat(), "{kind}");
        assert_eq!(house.sandbox.objects().len(), before, "{kind}: a test that nobody asked for sent a file");

        let ran = run(&house, &entry, &["destinations", "check", kind.as_str(), "--upload", "--json"]);
        assert_eq!(ran.code, Some(0), "{kind}: {}{}", ran.out, ran.err);
        assert!(ran.events.iter().all(|line| line["mark"] == "good"), "{kind}: {:#?}", ran.events);
        assert_eq!(house.sandbox.objects().len(), before + 1, "{kind}");
    }
}

#[test]
fn a_check_ends_with_3_where_the_key_is_refused_and_with_1_where_it_is_not_at_hand() {
    let house = House::with(&[]);
    for entry in house.sandbox.destinations.clone() {
        let kind = set_up(&house, &entry);
        let mut wrong = entry.clone();
        // Another of the same form, so that only the service can tell.
        let last = |text: &str| if text.ends_with('A') { "B" } else { "A" };
        for part in ["key", "secret"] {
            if let Some(good) = entry[part].as_str() {
                wrong[part] = format!("{}{}", &good[..good.len() - 1], last(good)).into();
            }
        }
        let ran = run(&house, &wrong, &["destinations", "check", kind.as_str(), "--upload"]);
        assert_eq!(ran.code, Some(3), "{kind}: {}{}", ran.out, ran.err);
        let ran = run(&house, &Value::Null, &["destinations", "check", kind.as_str()]);
        assert_eq!(ran.code, Some(1), "{kind}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains("KIND_KEY is not set"), "{}", ran.out);
    }
}

#[test]
fn keys_are_lent_in_their_parts() {
    let house = House::with(&[]);
    for entry in house.sandbox.destinations.clone() {
        let kind = set_up(&house, &entry);
        let name = format!("{kind} lent.mp4");
        let file: Made = house.file(&name, 1000, &mut Chance::of(&name));
        let mut command = house.command(["upload", &name, "--to", &kind, "--json"]);
        for (part, flag, _) in PARTS {
            if let Some(value) = entry[part].as_str() {
                let variable = format!("LENT_{}", part.to_uppercase());
                command.env(&variable, value).arg(flag).arg(format!("{kind}={variable}"));
            }
        }
        let ran = crate::support::Running::begin(command).end();
        assert_eq!(ran.code, Some(0), "{kind}: {}{}", ran.out, ran.err);
        assert_eq!(house.sandbox.copies_of(&file.path), 1, "{kind}");
    }
}

/// An entry whose address begins in the other way than its server speaks.
fn confused(entry: &Value) -> (Value, &'static str) {
    let mut entry = entry.clone();
    let url = entry["url"].as_str().unwrap();
    let (url, speaks) = match url.strip_prefix("https://") {
        Some(rest) => (format!("http://{rest}"), "speaks https"),
        None => (url.replacen("http://", "https://", 1), "speaks plain HTTP"),
    };
    entry["url"] = url.into();
    // No authority is asked for where nothing is encrypted.
    entry.as_object_mut().unwrap().remove("ca");
    (entry, speaks)
}

/// It ends by itself, although nothing but the bounds of these tests limits how long it may wait.
#[test]
fn http_and_https_confused_is_told_at_once_by_a_test_and_by_an_upload_whichever_way_round() {
    for options in [&[][..], &["--tls"]] {
        let house = House::with(options);
        let mut chance = Chance::of("confused");
        for entry in house.sandbox.destinations.clone() {
            let (entry, speaks) = confused(&entry);
            let kind = set_up(&house, &entry);
            for more in [&[][..], &["--upload"]] {
                let words = [&["destinations", "check", kind.as_str()][..], more].concat();
                let ran = run(&house, &entry, &words);
                let told = ran.out.contains(speaks) && ran.out.contains("at that port");
                assert!(told && ran.code != Some(0), "{words:?} {:?}: {}{}", ran.code, ran.out, ran.err);
            }
            let name = format!("{kind}.mp4");
            house.file(&name, 1_000, &mut chance);
            let ran = run(&house, &entry, &["upload", name.as_str(), "--to", &kind]);
            assert!(
                ran.out.contains(speaks) && ran.code == Some(1),
                "{kind} {:?}: {}{}",
                ran.code,
                ran.out,
                ran.err
            );
        }
    }
}
