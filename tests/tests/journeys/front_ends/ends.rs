//! How a command ends early: in order, with its exit code, and with nothing confirmed lost.

use crate::support::{Chance, House, Ran, is};
#[cfg(unix)]
use crate::support::{Running, signal};

const PART: u64 = 1 << 16;
const SLOW: [&str; 6] = ["--part-size", "65536", "--fault", "slow@part:always", "--slow", "0.3"];

/// Begins an upload of two files and waits until some of it is confirmed.
#[cfg(unix)]
fn begun(house: &House, chance: &mut Chance) -> Running {
    house.file("a.mov", 100 * PART, chance);
    house.file("b.mov", 100 * PART, chance);
    let mut upload = house.begin(["upload", "a.mov", "b.mov", "--json"]);
    for _ in 0..10 {
        upload.until_event("part");
    }
    upload
}

/// Both files end, each with these words; then nothing that was confirmed is sent again.
fn resumable(house: &House, ran: &Ran, words: &str) {
    for name in ["a.mov", "b.mov"] {
        let end = ran.finished(name);
        assert_eq!(end["state"], "needs-attention");
        assert!(end["reason"].as_str().unwrap().starts_with(words), "{end}");
    }
    assert!(ran.err.contains("partwayctl resume"), "it does not say how to go on: {}", ran.err);
    let list = house.list();
    assert!(
        list.iter().all(|job| job["state"] != "cancelled" && job["state"] != "needs-attention"),
        "{list:#?}"
    );
    let confirmed: u64 = list.iter().map(|job| job["parts_confirmed"].as_u64().unwrap()).sum();
    assert!((10..200).contains(&confirmed), "{confirmed} parts");
    let before = house.sandbox.log().len();
    house.begin(["resume", "--json"]).end().assert_verified();
    let log = house.sandbox.log();
    let sent = log[before..].iter().filter(|line| line.step == "part").count() as u64;
    assert_eq!(sent, 200 - confirmed, "what was confirmed was sent again");
    assert_eq!(log.iter().filter(|line| line.step == "start").count(), 2);
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_130_and_leaves_all_resumable() {
    let house = House::with(&SLOW);
    let upload = begun(&house, &mut Chance::of("ctrl_c"));
    signal("INT", upload.pid());
    let ran = upload.end();
    assert_eq!(ran.code, Some(130), "{}", ran.err);
    resumable(&house, &ran, "stopped before it was through: ");
}

#[cfg(unix)]
#[test]
fn sigterm_is_143_and_leaves_all_resumable() {
    let house = House::with(&SLOW);
    let upload = begun(&house, &mut Chance::of("sigterm"));
    signal("TERM", upload.pid());
    let ran = upload.end();
    assert_eq!(ran.code, Some(143), "{}", ran.err);
    resumable(&house, &ran, "stopped before it was through: ");
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_does_not_wait_for_parts_on_the_way() {
    let house = House::with(&["--fault", "slow@part:always", "--slow", "60"]);
    let file = house.file("a.mov", 5, &mut Chance::of("second_ctrl_c"));
    let mut upload = house.begin(["upload", "a.mov", "--json"]);
    upload.until_event("started");
    signal("INT", upload.pid());
    heard(&upload);
    signal("INT", upload.pid());
    let ran = upload.end();
    assert_eq!(ran.code, Some(130), "{}", ran.err);
    // An orderly end tells how each file ended; this one had no time for that.
    assert!(!ran.events.iter().any(|event| is(event, "finished")), "{}", ran.out);
    assert_eq!(house.list()[0]["state"], "waiting", "{} bytes", file.size);
}

/// It says that it was asked to end.
#[cfg(unix)]
fn heard(upload: &Running) {
    let begun = std::time::Instant::now();
    while !upload.said().contains("Once more stops at once") {
        assert!(begun.elapsed() < crate::support::PATIENCE, "{}", upload.said());
        std::thread::sleep(crate::support::LOOK);
    }
}

/// The service takes ten minutes for the part on its way: nobody who wants to end waits for that.
#[cfg(unix)]
#[test]
fn an_orderly_end_waits_seconds_for_what_is_on_its_way_and_not_minutes() {
    let house = House::with(&["--fault", "slow@part:always", "--slow", "600"]);
    house.file("a.mov", 5, &mut Chance::of("orderly_end"));
    let mut upload = house.begin(["upload", "a.mov", "--json"]);
    upload.until_event("started");
    signal("INT", upload.pid());
    heard(&upload);
    // Promised are 5 s; the rest is for a machine with other things to do.
    let ran = upload.end_within(std::time::Duration::from_secs(60));
    assert_eq!((ran.code, &ran.finished("a.mov")["state"]), (Some(130), &"needs-attention".into()));
}

#[test]
fn max_wait_ends_the_wait_and_not_the_upload() {
    let house = House::with(&SLOW);
    let mut chance = Chance::of("max_wait");
    house.file("a.mov", 100 * PART, &mut chance);
    house.file("b.mov", 100 * PART, &mut chance);
    let ran = house.begin(["upload", "a.mov", "b.mov", "--json", "--max-wait", "4"]).end();
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.took.as_secs() < 20, "{:?}", ran.took);
    resumable(&house, &ran, "still waiting after 4 s: ");
}

#[cfg(unix)]
#[test]
fn nobody_reads_on_is_141_and_loses_nothing() {
    let house = House::with(&SLOW);
    let file = house.file("a.mov", 100 * PART, &mut Chance::of("nobody_reads"));
    let mut command = house.command(["upload", "a.mov", "--json"]);
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let begun = std::time::Instant::now();
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        assert!(begun.elapsed() < crate::support::PATIENCE, "it never ended");
        std::thread::sleep(crate::support::LOOK);
    };
    assert_eq!(code, Some(141));
    house.begin(["resume", "--json"]).end().assert_verified();
    file.assert_arrived(&house.sandbox.object("a.mov"));
}

/// For people: the same upload without `--json` says in words how it ended, and never a percentage that it cannot keep.
#[test]
fn people_are_told_in_words() {
    let house = House::with(&[]);
    house.file("a.mov", 5, &mut Chance::of("people"));
    let ran = house.run(["upload", "a.mov", "missing.mov"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    let all = format!("{}{}", ran.out, ran.err);
    assert!(all.contains("a.mov") && all.to_lowercase().contains("verified"), "{all}");
    assert!(all.contains("missing.mov was not found"), "{all}");
    assert!(!ran.events.iter().any(|event| is(event, "finished")), "JSON where words were asked for");
}
