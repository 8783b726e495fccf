//! How commands end when they are signalled or their output cannot be written: in order, with a message, and
//! one end per file.

use std::fs::File;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

use crate::run::{Place, Ran};

const LONG: Duration = Duration::from_secs(60);
const KEY: [(&str, &str); 1] = [("ACME_KEY", "k1")];

fn program() -> &'static str {
    env!("CARGO_BIN_EXE_partwayctl")
}

/// A running upload that never ends by itself.
struct Waiting {
    child: tokio::process::Child,
    out: BufReader<tokio::process::ChildStdout>,
    said: String,
}

impl Waiting {
    async fn begin(place: &Place, how: &[&str]) -> Self {
        std::fs::write(place.files().join("a.mov"), b"bytes").unwrap();
        std::fs::write(place.files().join("b.mov"), b"others").unwrap();
        let mut command = tokio::process::Command::new(how[0]);
        command
            .args(&how[1..])
            .arg("--data-dir")
            .arg(place.data())
            .args(["upload", "a.mov", "b.mov", "--json"]);
        command.env_clear().envs(KEY).current_dir(place.files()).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut waiting = Self { child, out, said: String::new() };
        while waiting.said.matches(r#""event":"added""#).count() < 2 {
            let read = tokio::time::timeout(LONG, waiting.out.read_line(&mut waiting.said)).await.unwrap();
            assert!(read.unwrap() > 0, "{}", waiting.said);
        }
        waiting
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    async fn end(mut self) -> Ran {
        tokio::time::timeout(LONG, self.out.read_to_string(&mut self.said)).await.unwrap().unwrap();
        let Output { status, stderr, .. } = self.child.wait_with_output().await.unwrap();
        Ran::from(Output { status, stdout: self.said.into_bytes(), stderr })
    }
}

fn assert_each_ended_once(ran: &Ran) {
    let mut names: Vec<Value> = ran.finished().iter().map(|end| end["file"].clone()).collect();
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, ["a.mov", "b.mov"], "{}{}", ran.out, ran.err);
}

#[tokio::test]
async fn a_hangup_ends_in_order() {
    let place = Place::new().with_destination("Acme");
    let upload = Waiting::begin(&place, &[program()]).await;
    upload.signal("-HUP");
    let ran = upload.end().await;
    assert_eq!(ran.code, 129, "{}", ran.err);
    assert_each_ended_once(&ran);
    assert!(ran.err.contains("'partwayctl resume' goes on"), "{}", ran.err);
}

#[tokio::test]
async fn a_hangup_beside_sigterm_is_no_second_signal() {
    let place = Place::new().with_destination("Acme");
    let upload = Waiting::begin(&place, &[program()]).await;
    upload.signal("-TERM");
    upload.signal("-HUP");
    let ran = upload.end().await;
    assert_each_ended_once(&ran);
    assert!([129, 143].contains(&ran.code), "{}", ran.code);
}

#[tokio::test]
async fn what_was_started_to_outlive_its_terminal_does() {
    let place = Place::new().with_destination("Acme");
    let ignoring = ["/bin/sh", "-c", r#"trap "" HUP; exec "$0" "$@""#, program()];
    let upload = Waiting::begin(&place, &ignoring).await;
    upload.signal("-HUP");
    upload.signal("-TERM");
    let ran = upload.end().await;
    assert_eq!(ran.code, 143, "{}", ran.err);
    assert_each_ended_once(&ran);
}

#[tokio::test]
async fn watch_run_ends_each_file_once_also_those_that_it_took_up_and_did_not_bring_to_an_end() {
    let place = Place::new().with_destination("Acme");
    for signal in ["-TERM", "-HUP"] {
        let upload = Waiting::begin(&place, &[program()]).await;
        upload.signal("-INT");
        assert_each_ended_once(&upload.end().await);
        let mut watch = place.begin(&["watch", "run", "--json"], &KEY);
        watch.says(r#""event":"added""#).await;
        watch.signal(signal);
        let ran = watch.end().await;
        let mut ends: Vec<_> = ran.finished().iter().map(|end| end["id"].to_string()).collect();
        let mut jobs: Vec<_> =
            place.run(&["list", "--json"], &[]).json().iter().map(|job| job["id"].to_string()).collect();
        ends.sort();
        jobs.sort();
        assert_eq!(ends, jobs, "{signal}: {}{}", ran.out, ran.err);
        assert!(!jobs.is_empty());
    }
}

/// Runs with this file as standard output.
fn into(place: &Place, out: File, words: &[&str]) -> Ran {
    let mut command = Command::new(program());
    command.env_clear().envs(KEY).current_dir(place.files()).arg("--data-dir").arg(place.data()).args(words);
    Ran::from(command.stdin(Stdio::null()).stdout(out).output().unwrap())
}

fn assert_told(ran: &Ran, why: &str, words: &[&str]) {
    assert_eq!(ran.code, 1, "{words:?}: {}", ran.err);
    let whole = format!("Standard output cannot be written: {why}");
    assert!(ran.err.lines().any(|line| line.starts_with(&whole)), "{words:?}: {}", ran.err);
}

/// Commands that print, and one that waits.
const PRINT: [&[&str]; 5] = [
    &["list"],
    &["destinations", "list", "--json"],
    &["watch", "list"],
    &["diagnostics"],
    &["upload", "a.mov", "--json"],
];

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_told_and_loses_nothing() {
    let place = Place::new().with_destination("Acme");
    std::fs::write(place.files().join("a.mov"), b"bytes").unwrap();
    for words in PRINT.iter().copied().chain([["resume", "--json"].as_slice(), &["--help"], &["--version"]]) {
        let full = File::options().write(true).open("/dev/full").unwrap();
        assert_told(&into(&place, full, words), "the disk that it goes to is full. Make room", words);
    }
    let jobs = place.run(&["list", "--json"], &[]).json();
    assert_eq!((jobs.len(), &jobs[0]["state"]), (1, &"waiting".into()), "{jobs:#?}");
}

#[test]
fn a_standard_output_that_is_not_open_for_writing_is_told() {
    let place = Place::new().with_destination("Acme");
    for words in PRINT {
        std::fs::write(place.files().join("a.mov"), b"bytes").unwrap();
        let ran = into(&place, File::open("/dev/null").unwrap(), words);
        assert_told(&ran, "the system does not take it", words);
    }
}
