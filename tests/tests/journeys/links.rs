//! Links that live too short for the file: a new session, told; after two the job says so with the figures, and never loops.

use crate::support::{Chance, House, of};

const PART: u64 = 1 << 18;

#[test]
fn after_two_sessions_that_ran_out_a_person_is_asked() {
    // However many parts go at once, each takes two seconds: the session is over before all of them have begun. A link
    // is used until a quarter of its life is left: three seconds, so that a machine which stands still for one of them
    // between the look at the clock and the request does not count as a link that was begun too late.
    let mut house =
        House::with(&["--ttl", "12", "--part-size", "262144", "--fault", "slow@part:always", "--slow", "2"]);
    let file = house.file("a.mov", 120 * PART, &mut Chance::of("links"));
    let ran = house.begin(["upload", "a.mov", "--json"]).end();
    let end = ran.finished("a.mov");
    assert_eq!((ran.code, end["state"].as_str()), (Some(1), Some("needs-attention")), "{end}");
    let reason = end["reason"].as_str().unwrap();
    assert!(reason.contains("a.mov needs ") && reason.contains("Acme gave "), "no figures: {reason}");
    let log = house.sandbox.log();
    assert_eq!(log.iter().filter(|line| line.step == "start").count(), 2, "{}", house.sandbox.words());
    assert!(house.sandbox.objects().is_empty());
    let late = log.iter().filter(|line| line.step == "part" && line.status == Some(403)).count();
    assert_eq!(late, 0, "a part was begun with a link that had run out");
    let notes: Vec<_> = of(&ran.events, "note").iter().filter_map(|note| note["text"].as_str()).collect();
    assert!(notes.iter().any(|note| note.contains("session ended")), "{notes:#?}");

    // With sessions that live long enough it goes through, when a person says so.
    house.sandbox.kill();
    house.sandbox.again_with(&["--part-size", "262144"]);
    house.begin(["resume", "--json"]).end().assert_verified();
    file.assert_arrived(&house.sandbox.object("a.mov"));
}

#[test]
fn a_session_that_ran_out_while_nobody_was_there_is_replaced_and_that_is_told() {
    let house = House::with(&[
        "--ttl",
        "10",
        "--part-size",
        "262144",
        "--fault",
        "slow@part:always",
        "--slow",
        "0.7",
    ]);
    let file = house.file("a.mov", 20 * PART, &mut Chance::of("ran_out_meanwhile"));
    let mut upload = house.begin(["upload", "a.mov", "--json"]);
    upload.until_event("part");
    upload.kill();
    // The only thing to wait for here is the clock itself.
    std::thread::sleep(std::time::Duration::from_secs(11));
    let ran = house.begin(["resume", "--json"]).end();
    ran.assert_verified();
    file.assert_arrived(&house.sandbox.object("a.mov"));
    assert_eq!(house.sandbox.log().iter().filter(|line| line.step == "start").count(), 2);
    let notes: Vec<_> = of(&ran.events, "note").iter().filter_map(|note| note["text"].as_str()).collect();
    assert!(notes.iter().any(|note| note.contains("session ended")), "{notes:#?}");
}
