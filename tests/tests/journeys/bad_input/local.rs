//! Files that cannot go, or are not the same any more while they do.

use std::fs::OpenOptions;
use std::io::Write as _;
#[cfg(unix)]
use std::path::Path;

use crate::support::{Chance, House, Made, of};

/// The ends of all files but one, as lines, with this test's own folder left out.
fn sentences(house: &House, events: &[serde_json::Value], but: &str) -> String {
    let mut lines: Vec<String> = of(events, "finished")
        .iter()
        .filter(|end| end["file"] != but)
        .map(|end| {
            let word = |name: &str| end[name].as_str().unwrap_or("-").to_owned();
            format!("{}: {}\n    {}\n", word("file"), word("state"), word("reason"))
        })
        .collect();
    lines.sort();
    lines.concat().replace(&*house.files().to_string_lossy(), "FILES")
}

#[cfg(unix)]
#[test]
fn what_cannot_go_says_why_and_the_rest_goes() {
    let house = House::with(&[]);
    let mut chance = Chance::of("what_cannot_go");
    let good = house.file("good.mov", 70_000, &mut chance);
    let empty = house.file("empty.mov", 0, &mut chance);
    std::fs::create_dir_all(house.files().join("folder without files/inner")).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(house.files().join("pipe")).status().unwrap();
    assert!(fifo.success());
    std::os::unix::fs::symlink("nowhere", house.files().join("link to nothing")).unwrap();
    std::os::unix::fs::symlink("loop", house.files().join("loop")).unwrap();
    let names = [
        "missing.mov",
        "folder without files",
        "pipe",
        "/dev/null",
        "link to nothing",
        "loop",
        "empty.mov",
        "good.mov",
        "missing.mov",
    ];
    let ran = house.begin(["upload", "--json"].iter().chain(&names)).end();
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    insta::assert_snapshot!(sentences(&house, &ran.events, ""));
    good.assert_arrived(&house.sandbox.object("good.mov"));
    empty.assert_arrived(&house.sandbox.object("empty.mov"));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::with(&[]);
    let mut chance = Chance::of("may_not_be_read");
    house.file("good.mov", 7, &mut chance);
    let secret = house.file("secret.mov", 7, &mut chance);
    std::fs::set_permissions(&secret.path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // For root no file is closed, but for those that the kernel itself refuses to read, such as this one of mode 0200.
    let kernel = Path::new("/sys/devices/system/cpu/uevent");
    let path = match (std::fs::File::open(&secret.path), std::fs::File::open(kernel)) {
        (Err(_), _) => secret.path.clone(),
        (Ok(_), Err(error)) if error.kind() == std::io::ErrorKind::PermissionDenied => kernel.to_owned(),
        (Ok(_), other) => {
            println!(
                "skipped: this user may read everything, and {} is no help: {other:?}",
                kernel.display()
            );
            return;
        }
    };
    let path = path.to_string_lossy().into_owned();
    let ran = house.begin(["upload", "good.mov", &path, "--json"]).end();
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert_eq!(ran.finished("good.mov")["state"], "verified");
    let end = ran.finished(&path);
    let name = Path::new(&path).file_name().unwrap().to_string_lossy().into_owned();
    let reason = end["reason"].as_str().unwrap();
    assert_eq!(end["state"], "needs-attention");
    assert!(reason.contains(&name) && reason.contains("read"), "{reason}");
}

/// What is done to a file while its parts go.
type Hurt = fn(&Made);

#[test]
fn a_file_that_is_hurt_while_it_is_sent_says_so_and_is_never_called_arrived() {
    let hurts: [(&str, Hurt); 5] = [
        ("grown", |file| {
            OpenOptions::new().append(true).open(&file.path).unwrap().write_all(b"more").unwrap();
        }),
        ("truncated", |file| {
            OpenOptions::new().write(true).open(&file.path).unwrap().set_len(file.size / 2).unwrap();
        }),
        ("rewritten", |file| {
            let bytes = vec![7; usize::try_from(file.size).unwrap()];
            OpenOptions::new().write(true).open(&file.path).unwrap().write_all(&bytes).unwrap();
        }),
        ("replaced", |file| {
            let other = file.path.with_extension("other");
            std::fs::write(&other, vec![9; usize::try_from(file.size).unwrap()]).unwrap();
            std::fs::rename(&other, &file.path).unwrap();
        }),
        ("removed", |file| std::fs::remove_file(&file.path).unwrap()),
    ];
    let mut all = String::new();
    for (what, hurt) in hurts {
        let house = House::with(&["--part-size", "65536", "--fault", "slow@part:always", "--slow", "0.3"]);
        let mut chance = Chance::of(what);
        let file = house.file(&format!("{what}.mov"), 150 << 16, &mut chance);
        let other = house.file("other.mov", 5, &mut chance);
        let name = format!("{what}.mov");
        let mut upload = house.begin(["upload", &name, "other.mov", "--json"]);
        upload.until("a part of it", |event| event["event"] == "part" && event["file"] == *name);
        hurt(&file);
        let ran = upload.end();
        assert_eq!(ran.code, Some(1), "{what}: {:#?}", ran.finished(&name));
        assert_eq!(house.sandbox.objects().len(), 1, "{what}: only the other one arrived");
        other.assert_arrived(&house.sandbox.object("other.mov"));
        all += &without_times(&sentences(&house, &ran.events, "other.mov"));
    }
    insta::assert_snapshot!(all);
}

/// `14:02`, with or without a day before it, becomes `HH:MM`.
fn without_times(text: &str) -> String {
    let words = text.split_inclusive(' ').map(|word| {
        let digits: Vec<_> = word.trim_end_matches(|c: char| !c.is_ascii_digit()).split(':').collect();
        let time =
            digits.len() == 2 && digits.iter().all(|part| part.len() == 2 && part.parse::<u8>().is_ok());
        if time { word.replacen(&digits.join(":"), "HH:MM", 1) } else { word.to_owned() }
    });
    words.collect()
}

/// A drive that was pulled out and is back: the same path, the same file.
#[test]
fn a_file_that_came_back_goes_on() {
    let house = House::with(&["--part-size", "65536", "--fault", "slow@part:always", "--slow", "0.2"]);
    let file = house.file("a.mov", 150 << 16, &mut Chance::of("came_back"));
    let away = file.path.with_extension("away");
    let mut upload = house.begin(["upload", "a.mov", "--json"]);
    upload.until_event("part");
    std::fs::rename(&file.path, &away).unwrap();
    assert_eq!(upload.end().code, Some(1));
    std::fs::rename(&away, &file.path).unwrap();
    let before = house.sandbox.log().len();
    let confirmed = house.list()[0]["parts_confirmed"].as_u64().unwrap();
    let ran = house.begin(["resume", "--json"]).end();
    ran.assert_verified();
    file.assert_arrived(&house.sandbox.object("a.mov"));
    let sent = house.sandbox.log()[before..].iter().filter(|line| line.step == "part").count() as u64;
    assert_eq!(sent, 150 - confirmed, "what was confirmed was sent again");
}
