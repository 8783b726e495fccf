//! Wrong usage.

use crate::run::Place;

#[test]
fn words_that_mean_nothing_are_2() {
    let place = Place::new();
    for words in [
        &["fly"][..],
        &["upload"],
        &["upload", "a.mov", "--max-wait", "soon"],
        &["pause"],
        &["destinations", "add", "Acme", "--kind", "autorender"],
        &["destinations", "add", "Acme", "--kind", "autorender", "--key-stdin", "--key-env", "K"],
        &["destinations", "add", "Acme", "--kind", "autorender", "--key-env", "K", "--metadata", "novalue"],
        &["destinations", "add", "Acme", "--kind", "autorender", "--key-env", "K", "--ttl", "0"],
        &["upload", "a.mov", "--key-env", "=VAR"],
    ] {
        let ran = place.run(words, &[]);
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.err);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{words:?}");
    }
    assert!(!place.files().join("data").exists(), "a command that means nothing made a data folder");
}

#[test]
fn what_is_repeated_of_a_wrong_command_cannot_act_on_a_terminal() {
    let place = Place::new();
    for words in [
        &["\u{1b}[31mfly\u{202e}y"][..],
        &["upload", "--x\u{1b}[31m\u{202e}y"],
        &["upload", "a", "--max-wait", "\u{9b}1m"],
    ] {
        let ran = place.run(words, &[]);
        assert_eq!(ran.code, 2, "{words:?}");
        assert!(!ran.err.is_empty() && !ran.err.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{:?}", ran.err);
    }
}

#[test]
fn without_a_destination_there_is_nowhere_to_go() {
    let place = Place::new();
    std::fs::write(place.files().join("a.mov"), "x").unwrap();
    let ran = place.run(&["upload", "a.mov"], &[]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.err, @"There is no destination yet. Add one: partwayctl destinations add NAME --kind autorender --key-env VAR");
}

#[test]
fn an_unknown_destination_is_2_and_names_those_there_are() {
    let place = Place::new().with_destination("Acme").with_destination("Fleet");
    std::fs::write(place.files().join("a.mov"), "x").unwrap();
    let ran = place.run(&["upload", "a.mov", "--to", "Flet"], &[("ACME_KEY", "k")]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.err, @r#"There is no destination named "Flet". There are: Acme, Fleet."#);
    let ran = place.run(&["upload", "a.mov"], &[("ACME_KEY", "k")]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.err, @"There are several destinations: Acme, Fleet. Say which with --to NAME.");
    let ran = place.run(&["destinations", "remove", "Flet"], &[]);
    assert_eq!(ran.code, 2);
}

#[test]
fn a_variable_that_is_not_set_is_2_and_named() {
    let place = Place::new().with_destination("Acme");
    std::fs::write(place.files().join("a.mov"), "x").unwrap();
    for command in ["upload", "resume"] {
        let words: &[&str] = if command == "upload" {
            &["upload", "a.mov", "--key-env", "NOPE"]
        } else {
            &["resume", "--key-env", "Acme=NOPE"]
        };
        let ran = place.run(words, &[]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains("NOPE"), "{}", ran.err);
    }
    let ran = place.run(&["resume", "--key-env", "Nobody=K"], &[("K", "k-1")]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("Nobody") && !ran.err.contains("k-1"), "{}", ran.err);
}

#[test]
fn paths_that_cannot_go_end_each_with_a_sentence_and_1() {
    let place = Place::new().with_destination("Acme");
    std::fs::create_dir(place.files().join("empty")).unwrap();
    let ran =
        place.run(&["upload", "missing.mov", "empty", "--json", "--max-wait", "20"], &[("ACME_KEY", "k")]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let ends = ran.finished();
    let mut files: Vec<_> = ends.iter().map(|end| end["file"].as_str().unwrap()).collect();
    files.sort_unstable();
    assert_eq!(files, ["empty", "missing.mov"]);
    for end in &ends {
        assert_eq!(end["state"], "needs-attention");
        let name = end["file"].as_str().unwrap();
        assert!(end["reason"].as_str().unwrap().contains(name), "{end} does not name its file");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_and_a_file_that_may_not_be_read_end_with_a_sentence() {
    let place = Place::new().with_destination("Acme");
    let fifo = place.files().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let ran = place.run(&["upload", "fifo", "--json", "--max-wait", "20"], &[("ACME_KEY", "k")]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let ends = ran.finished();
    assert_eq!(ends.len(), 1, "{}", ran.out);
    assert!(ends[0]["reason"].as_str().unwrap().contains("fifo"), "{}", ends[0]);
}

#[test]
fn max_wait_ends_what_waits_by_itself_and_keeps_it() {
    // Nothing answers at port 9: that may pass by itself, so it waits.
    let place = Place::new().with_destination("Acme");
    std::fs::write(place.files().join("a.mov"), "x").unwrap();
    let ran = place.run(&["upload", "a.mov", "--json", "--max-wait", "1"], &[("ACME_KEY", "k")]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let ends = ran.finished();
    assert_eq!(ends.len(), 1, "{}", ran.out);
    assert_eq!((&ends[0]["file"], &ends[0]["state"]), (&"a.mov".into(), &"needs-attention".into()));
    assert!(ends[0]["reason"].as_str().unwrap().starts_with("still waiting after 1 s: "), "{}", ends[0]);
    let ran = place.run(&["list", "--json"], &[]);
    assert_eq!((ran.code, ran.json().len()), (0, 1), "{}", ran.err);
    assert_ne!(ran.json()[0]["state"], "cancelled");
}

#[test]
fn an_upload_that_is_not_there_is_2() {
    let place = Place::new();
    for command in ["pause", "cancel", "retry"] {
        let ran = place.run(&[command, "ffffffff"], &[]);
        assert_eq!(ran.code, 2, "{command}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains("ffffffff"), "{}", ran.err);
    }
}

#[test]
fn nothing_to_show_and_nothing_to_take_up_is_0() {
    let place = Place::new();
    assert_eq!(place.run(&["list", "--json"], &[]).out, "");
    let ran = place.run(&["list"], &[]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "There are no uploads.\n"));
    let ran = place.run(&["resume", "--json"], &[]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}

#[test]
fn destinations_are_added_shown_and_removed() {
    let place = Place::new().with_destination("Acme");
    let ran = place.run(&["destinations", "list", "--json"], &[]);
    let shown = ran.json();
    assert_eq!(shown.len(), 1);
    assert_eq!((&shown[0]["event"], &shown[0]["name"]), (&"destination".into(), &"Acme".into()));
    assert!(shown[0]["key_kept"].as_str().unwrap().contains("ACME_KEY"));
    // A second one of that name could not be distinguished.
    let ran = place.run(&["destinations", "add", "Acme", "--kind", "autorender", "--key-env", "K"], &[]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let ran = place.run(&["destinations", "add", "Other", "--kind", "no-such-kind", "--key-env", "K"], &[]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(place.run(&["destinations", "remove", "Acme"], &[]).code, 0);
    assert!(place.run(&["destinations", "list", "--json"], &[]).out.is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_keychain_a_key_on_standard_input_is_2_and_nothing_is_kept() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    let place = Place::new();
    let data = place.files().join("data");
    // No session bus at this address, so there is no keychain.
    let mut child = Command::new(env!("CARGO_BIN_EXE_partwayctl"))
        .env_clear()
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .arg("--data-dir")
        .arg(&data)
        .args(["destinations", "add", "Acme", "--kind", "autorender", "--key-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"sk-very-secret\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    insta::assert_snapshot!(said, @"This computer has no keychain that Partway can use. Nothing was kept. Name an environment variable that holds the key instead: --key-env VAR.");
    assert!(place.run(&["destinations", "list", "--json"], &[]).out.is_empty());
    for file in std::fs::read_dir(&data).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                !bytes.windows(14).any(|window| window == b"sk-very-secret"),
                "the key is in {}",
                path.display()
            );
        }
    }
}

#[test]
fn who_only_looks_starts_nothing_and_needs_no_key() {
    let place = Place::new().with_destination("Acme");
    std::fs::write(place.files().join("a.mov"), "x").unwrap();
    // The destination does not answer, so the file is still waiting afterwards.
    let ran = place.run(&["upload", "a.mov", "--json", "--max-wait", "1"], &[("ACME_KEY", "k")]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    for _ in 0..5 {
        let ran = place.run(&["list", "--json"], &[]);
        assert_eq!(ran.json()[0]["state"], "waiting", "{}", ran.out);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_needed_attention_is_taken_up_and_not_told_as_an_end_once_more() {
    let place = Place::new().with_destination("Acme");
    std::fs::write(place.files().join("a.mov"), "x").unwrap();
    // Without its key the file needs attention.
    let ran = place.run(&["upload", "a.mov", "--json"], &[]);
    assert_eq!((ran.code, ran.finished().len()), (1, 1), "{}{}", ran.out, ran.err);
    // With it, it waits for the network.
    let mut resume = place.begin(&["resume", "--json"], &[("ACME_KEY", "k")]);
    let mut said = String::new();
    while !said.contains("offline") {
        said = resume.says("\"event\"").await;
        assert!(!said.contains("finished"), "what it needed before is no end of this command: {said}");
    }
    resume.interrupt();
    let ran = resume.end().await;
    let ends = ran.finished();
    assert_eq!(ends.len(), 1, "{}", ran.out);
    let reason = ends[0]["reason"].as_str().unwrap();
    assert!(!reason.contains("key"), "{reason}");
}

/// No other process continues it, so the command stays until it is done.
#[test]
fn what_was_cancelled_has_ended_when_the_command_has() {
    let place = Place::new().with_destination("Acme");
    let names: Vec<_> = (0..12).map(|n| format!("{n}.mov")).collect();
    for name in &names {
        std::fs::write(place.files().join(name), "x").unwrap();
    }
    let words: Vec<&str> =
        ["upload", "--json", "--max-wait", "1"].into_iter().chain(names.iter().map(String::as_str)).collect();
    place.run(&words, &[("ACME_KEY", "k")]);
    let jobs = place.run(&["list", "--json"], &[]).json();
    assert_eq!(jobs.len(), names.len());
    for job in jobs {
        let id = job["id"].as_str().unwrap();
        let ran = place.run(&["cancel", id], &[]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let after = place.run(&["list", "--json"], &[]).json();
        let state = &after.iter().find(|one| one["id"] == id).unwrap()["state"];
        assert_eq!(state, "cancelled");
    }
}
