//! Uploads from a drive that does not answer: a real file system of which the reads, or the looks, come back when the test wants it. Needs
//! root and `/dev/fuse`; `cargo xtask test --only drives` says what is missing.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads the clock and its environment")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a journey that cannot go on has nothing else to say")]

mod fuse;
#[path = "../journeys/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "shared with the journeys, which use more of it")]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use fuse::{Fuse, How, byte_at};
use serde_json::Value;
use support::{House, LOOK, PATIENCE, Running, is, signal};

/// Mounts the file system whose device is standard input. A file system can be mounted once.
const MOUNT: &str = "mount -i -t fuse -o fd=0,rootmode=40000,user_id=0,group_id=0 partway-test";

/// So much is asked of one drive at once (`engine/drive.rs`).
const THREADS: usize = 8;

const SIZE: u64 = 600_000;

/// A drive of its own, and `partwayctl` for which it is there.
struct Drive {
    fuse: Fuse,
    at: PathBuf,
}

impl Drive {
    fn with(house: &House, files: &[(&str, How)]) -> Self {
        let at = house.beside("drive");
        std::fs::create_dir(&at).unwrap();
        let files: Vec<_> = files.iter().map(|(name, how)| ((*name).to_owned(), SIZE, *how)).collect();
        Self { fuse: Fuse::with(&files), at }
    }

    fn file(&self, name: &str) -> String {
        self.at.join(name).to_str().unwrap().to_owned()
    }

    /// Begins `partwayctl` where the drive is: in a namespace of its own, so that nothing of it is left when the program is gone, however
    /// that ends. `before`: what it is called with first.
    fn begin(&self, house: &House, before: &[&str], words: &[&str]) -> Running {
        let inner = house.command(words);
        let quoted = |command: &Command| {
            let words = std::iter::once(command.get_program()).chain(command.get_args());
            words.map(|word| format!("'{}'", word.to_str().unwrap())).collect::<Vec<_>>().join(" ")
        };
        let mut script = format!("{MOUNT} '{}' || exit 77; exec < /dev/null\n", self.at.display());
        if !before.is_empty() {
            script += &format!("{} >&2 || exit 78\n", quoted(&house.command(before)));
        }
        script += &format!("exec {}", quoted(&inner));
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", &script]).stdin(self.fuse.device());
        // The name of the script; whoever follows the program finds there that it prints JSON.
        command.arg("--json");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in inner.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.current_dir(house.files());
        Running::begin(command)
    }
}

fn upload(files: &[String]) -> Vec<&str> {
    std::iter::once("upload").chain(files.iter().map(String::as_str)).chain(["--json"]).collect()
}

fn names(what: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{what} {number}.mov")).collect()
}

fn ends(upload: &mut Running, file: &str) -> Value {
    upload.until(&format!("the end of {file}"), |event| {
        is(event, "finished") && event["file"].as_str().is_some_and(|name| name.ends_with(file))
    })
}

/// A file of an ordinary drive.
fn ordinary(house: &House) -> String {
    std::fs::write(house.files().join("ordinary.mov"), vec![7; 300_000]).unwrap();
    "ordinary.mov".to_owned()
}

fn arrived(house: &House, name: &str) {
    let bytes: Vec<u8> = (0..SIZE).map(byte_at).collect();
    let there = house.sandbox.objects();
    let object = there.iter().find(|object| object.ends_with(Path::new(name))).unwrap();
    assert!(std::fs::read(object).unwrap() == bytes, "{name}");
}

/// More reads that hang than there are threads, by far more than the runtime has workers.
#[test]
fn reads_that_hang_hold_up_no_other_drive_no_list_and_no_ctrl_c() {
    let house = House::with(&[]);
    let names = names("hangs", 3 * THREADS);
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), How::Hangs)).collect();
    let drive = Drive::with(&house, &files);
    let mut all: Vec<_> = names.iter().map(|name| drive.file(name)).collect();
    all.push(ordinary(&house));
    let mut running = drive.begin(&house, &[], &upload(&all));
    drive.fuse.holds(THREADS);
    assert_eq!(ends(&mut running, "ordinary.mov")["state"], "verified");
    let waiting =
        |row: &Value| row["holds"].as_array().is_some_and(|holds| holds.contains(&"drive-silent".into()));
    let begun = std::time::Instant::now();
    // The list answers while all of this hangs, and says what the files wait for in the end.
    while house.list().iter().filter(|row| waiting(row)).count() < names.len() {
        assert!(begun.elapsed() < PATIENCE, "{:#?}", house.list());
    }
    let said = house.run(["list"]).out;
    assert!(said.contains("The drive does not answer"), "{said}");
    signal("INT", running.pid());
    while !running.said().contains("Once more stops at once") && running.runs() {
        assert!(begun.elapsed() < 2 * PATIENCE, "{}", running.said());
        std::thread::sleep(LOOK);
    }
    assert!(running.said().contains("Stopping"), "{}", running.said());
    // It may have come to its end in order meanwhile.
    if running.runs() {
        signal("INT", running.pid());
    }
    assert_eq!(running.end().code, Some(130));
}

#[test]
fn uploads_go_on_by_themselves_when_their_drive_answers() {
    let house = House::with(&[]);
    let names = names("hangs", THREADS + 2);
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), How::Hangs)).collect();
    let drive = Drive::with(&house, &files);
    let all: Vec<_> = names.iter().map(|name| drive.file(name)).collect();
    let mut running = drive.begin(&house, &[], &upload(&all));
    running.until("a drive that does not answer", |event| {
        event["holds"].as_array().is_some_and(|holds| holds.contains(&"drive-silent".into()))
    });
    drive.fuse.answers();
    running.end().assert_verified();
    names.iter().for_each(|name| arrived(&house, name));
}

#[test]
fn a_read_that_fails_once_is_read_again() {
    let house = House::with(&[]);
    let drive = Drive::with(&house, &[("flaky.mov", How::FailsOnce)]);
    let ran = drive.begin(&house, &[], &upload(&[drive.file("flaky.mov")])).end();
    ran.assert_verified();
    assert_eq!(drive.fuse.failed(), 1);
    arrived(&house, "flaky.mov");
}

/// Not even a look at the file comes back.
#[test]
fn what_cannot_even_be_looked_at_is_said_and_holds_up_nothing_that_was_named_with_it() {
    let house = House::with(&[]);
    let drive = Drive::with(&house, &[("lost.mov", How::Lost), ("good.mov", How::Good)]);
    let all = [drive.file("lost.mov"), ordinary(&house), drive.file("good.mov")];
    let ran = drive.begin(&house, &[], &upload(&all)).end();
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let end = |name: &str| {
        let of = |event: &&Value| is(event, "finished") && event["file"].as_str().unwrap().ends_with(name);
        ran.events.iter().find(of).unwrap()
    };
    for name in ["ordinary.mov", "good.mov"] {
        assert_eq!(end(name)["state"], "verified", "{name}");
    }
    let lost = end("lost.mov").to_string();
    assert!(lost.contains("does not answer, so lost.mov was not added"), "{lost}");
}

#[test]
fn a_watched_folder_whose_drive_does_not_answer_says_so_and_goes_on_when_it_does() {
    let house = House::with(&[]);
    let drive = Drive::with(&house, &[]);
    let folder = drive.at.to_str().unwrap();
    let running = drive.begin(&house, &["watch", "add", folder], &["watch", "run", "--json"]);
    let state = || house.run(["watch", "list", "--json"]).out;
    let until = |wanted: &str| {
        let begun = std::time::Instant::now();
        while !state().contains(wanted) {
            assert!(begun.elapsed() < PATIENCE, "{wanted}: {}{}", state(), running.said());
        }
    };
    until("\"Watching");
    drive.fuse.folder_hangs();
    until("The drive of this folder does not answer.");
    drive.fuse.answers();
    until("\"Watching");
}
