//! Answers of a broken or hostile service, and a key that it does not take.

use crate::support::{Chance, House, Running, is};
#[cfg(target_os = "linux")]
use crate::support::{Peak, heavy};

/// Faults that meet the first of two files; their sentences stand in the table of `faults::every`.
const BROKEN: [&str; 6] = [
    "json-wrong-types@start:1",
    "parts-too-few:1",
    "parts-too-many:1",
    "part-size-zero:1",
    "part-size-absurd:1",
    "poisoned-checksum:1",
];

#[test]
fn a_broken_answer_costs_its_own_file_only() {
    for fault in BROKEN {
        let house = House::with(&["--fault", fault]);
        let mut chance = Chance::of(fault);
        let names = ["a.mov", "b.mov"];
        let files = names.map(|name| house.file(name, 70_001, &mut chance));
        let ran = house.begin(["upload", "a.mov", "b.mov", "--json"]).end();
        let states = names.map(|name| ran.finished(name)["state"].as_str().unwrap().to_owned());
        let verified = states.iter().filter(|state| *state == "verified").count();
        assert_eq!((ran.code, verified), (Some(1), 1), "{fault}: {states:?}");
        for (file, (name, state)) in files.iter().zip(names.iter().zip(&states)) {
            match state.as_str() {
                "verified" => file.assert_arrived(&house.sandbox.object(name)),
                _ => assert!(ran.finished(name)["reason"].as_str().unwrap().contains(name), "{fault}"),
            }
        }
        // Nothing is lost: asked again, it goes.
        assert_eq!(house.begin(["resume", "--json"]).end().code, Some(0), "{fault}");
        assert_eq!(house.sandbox.objects().len(), 2, "{fault}");
    }
}

/// Where a start may be repeated, an answer that broke off is as good as none.
#[test]
fn a_start_whose_answer_was_cut_once_is_asked_for_again() {
    let house = House::with(&["--fault", "json-cut@start:1"]);
    let file = house.file("a.mov", 70_001, &mut Chance::of("json_cut"));
    house.begin(["upload", "a.mov", "--json"]).end().assert_verified();
    file.assert_arrived(&house.sandbox.object("a.mov"));
    let starts: Vec<_> = house.sandbox.log().into_iter().filter(|line| line.step == "start").collect();
    assert_eq!(starts.len(), 2, "{starts:#?}");
    assert_eq!(starts[0].fault.as_deref(), Some("json-cut"));
}

#[test]
fn a_wrong_key_stops_its_own_destination_only() {
    let house = House::with(&["--fault", "slow@part:always", "--slow", "1"]);
    let words = ["destinations", "add", "Fleet", "--kind", "autorender", "--url", &house.sandbox.url];
    let added = house.run(words.iter().chain(&["--key-env", "FLEET_KEY"]));
    assert_eq!(added.code, Some(0), "{}", added.err);
    let mut chance = Chance::of("wrong_key");
    let good = house.file("good.mov", 5, &mut chance);
    house.file("bad.mov", 5, &mut chance);
    house.file("worse.mov", 5, &mut chance);

    let mut command = house.command(["upload", "good.mov", "--to", "Acme", "--json"]);
    command.env("FLEET_KEY", "sk-wrong");
    let mut upload = Running::begin(command);
    upload.until("uploading", |event| is(event, "state") && event["state"] == "uploading");
    let refused = house.begin(["upload", "bad.mov", "--to", "Fleet", "--json"]).end();
    let end = refused.finished("bad.mov");
    assert_eq!((refused.code, end["refused"].as_bool()), (Some(3), Some(true)), "{end}");
    insta::assert_snapshot!(end["reason"].as_str().unwrap(), @"Fleet does not accept this key. bad.mov waits, nothing is lost. Give Fleet another key.");
    upload.end().assert_verified();
    good.assert_arrived(&house.sandbox.object("good.mov"));

    // What is refused wins over what is only not there.
    let mut command = house.command(["upload", "missing.mov", "worse.mov", "--to", "Fleet", "--json"]);
    command.env("FLEET_KEY", "sk-wrong");
    let both = Running::begin(command).end();
    assert_eq!((both.code, both.finished("missing.mov")["refused"].as_bool()), (Some(3), Some(false)));

    // The right key, lent to one command: what was refused goes.
    let mut command = house.command(["resume", "--key-env", "Fleet=RIGHT", "--json"]);
    command.env("RIGHT", &house.sandbox.key);
    Running::begin(command).end().assert_verified();
    assert_eq!(house.sandbox.objects().len(), 3);
}

/// A page may be a hotel's network, which passes by itself; one that stays does not, and says so.
#[test]
fn a_page_that_stays_ends_in_a_sentence() {
    let house = House::with(&["--fault", "html-instead-of-json@start:always"]);
    house.file("a.mov", 5, &mut Chance::of("a_page_that_stays"));
    let ran = house.begin(["upload", "a.mov", "--json"]).end();
    let end = ran.finished("a.mov");
    assert_eq!((ran.code, end["state"].as_str()), (Some(1), Some("needs-attention")));
    insta::assert_snapshot!(end["reason"].as_str().unwrap());
    let mut notes =
        ran.events.iter().filter(|event| is(event, "note")).filter_map(|note| note["text"].as_str());
    assert!(notes.any(|note| note.contains("web page")), "{:#?}", ran.events);
}

#[cfg(target_os = "linux")]
#[test]
fn a_reply_of_a_gigabyte_is_not_kept() {
    let _turn = heavy();
    for step in ["start", "complete"] {
        let house = House::with(&["--fault", &format!("json-huge@{step}:always")]);
        house.file("a.mov", 5, &mut Chance::of(step));
        let upload = house.begin(["upload", "a.mov", "--json", "--max-wait", "15"]);
        let peak = Peak::follow(upload.pid());
        let ran = upload.end();
        assert_eq!((ran.code, ran.finished("a.mov")["state"].as_str()), (Some(1), Some("needs-attention")));
        let peak = peak.end();
        println!("{step}: {} KiB", peak / 1024);
        assert!(peak < 96 << 20, "{step}: {peak} bytes for a reply that is refused at 32 MiB");
    }
}
