//! The nine faults that the promise names, each with what exactly must come of it.

use std::time::Duration;

use super::case::{Case, NAME, Outcome};
use crate::support::{House, is};

/// Parts of [`Case::of`].
const PARTS: usize = 6;

#[test]
fn a_500_is_asked_again() {
    for step in ["start", "part", "complete"] {
        let outcome = Case::of(&format!("500-once@{step}")).run();
        verified(&outcome, 1);
        assert_eq!(struck(&outcome), 1);
        assert_eq!(requests(&outcome, step), if step == "part" { PARTS + 1 } else { 2 });
    }
}

#[test]
fn who_asks_to_slow_down_is_left_alone() {
    let outcome = Case::of("503-slowdown").run();
    verified(&outcome, 1);
    assert_eq!(struck(&outcome), 3);
    assert!(outcome.ran.took >= Duration::from_secs(1), "Retry-After was a second: {:?}", outcome.ran.took);
    told(&outcome, "Acme asked us to slow down");
}

#[test]
fn a_connection_that_breaks_in_mid_body_costs_only_its_part() {
    let outcome = Case::of("reset-mid-body").run();
    verified(&outcome, 1);
    assert_eq!((struck(&outcome), requests(&outcome, "part")), (3, PARTS + 3));
    assert_eq!(stored(&outcome), PARTS, "none is stored twice");
}

#[test]
fn a_part_that_was_stored_without_an_answer_is_the_only_one_that_is_stored_twice() {
    let outcome = Case::of("reset-after-success").run();
    verified(&outcome, 1);
    assert_eq!((struck(&outcome), stored(&outcome)), (3, PARTS + 3));
}

#[test]
fn a_storage_that_stops_reading_is_given_up_after_thirty_seconds() {
    // More than the system takes without anybody reading, else the body would be through and only its answer missing.
    let case = Case { part: 16 << 20, size: 40 << 20, ..Case::of("stall-mid-body") };
    let outcome = case.run();
    verified(&outcome, 1);
    assert_eq!((struck(&outcome), stored(&outcome)), (1, 3));
    let took = outcome.ran.took.as_secs();
    assert!((30..60).contains(&took), "{took} s");
    told(&outcome, "stood still");
}

#[test]
fn links_that_ran_out_cost_one_new_session_and_that_is_told() {
    let outcome = Case::of("403-expired").run();
    verified(&outcome, 2);
    told(&outcome, "session ended");
    let done = outcome.log.iter().find(|line| line.object.is_some()).unwrap().session.clone();
    let in_it = outcome.log.iter().filter(|line| line.stored && line.session == done).count();
    assert_eq!(in_it, PARTS, "the new session has all of the file");
}

#[test]
fn a_complete_whose_answer_was_lost_is_asked_again_and_never_sent_again() {
    for (after, state) in [("200", "verified"), ("404", "uploaded"), ("409", "uploaded")] {
        let outcome = Case::of("complete-lost-answer").with(&["--after-complete", after]).run();
        assert_eq!((outcome.ran.code, outcome.state()), (Some(0), state), "{after}");
        assert_eq!(outcome.sessions().len(), 1, "{after}");
        assert_eq!((requests(&outcome, "part"), requests(&outcome, "complete")), (PARTS, 2), "{after}");
        let reason = outcome.reason();
        assert_eq!(reason.is_empty(), state == "verified", "{after}: {reason}");
        assert!(reason.is_empty() || reason.contains(NAME), "{after}: {reason}");
    }
}

#[test]
fn with_require_verified_an_uploaded_file_is_not_enough() {
    let house = House::with(&["--fault", "no-etag"]);
    house.file(NAME, 9, &mut crate::support::Chance::of("require_verified"));
    let ran = house.begin(["upload", NAME, "--json", "--require-verified"]).end();
    assert_eq!((ran.code, ran.finished(NAME)["state"].as_str()), (Some(1), Some("uploaded")));
}

#[test]
fn a_page_of_html_is_no_answer() {
    for step in ["start", "complete"] {
        let outcome = Case::of(&format!("html-instead-of-json@{step}")).run();
        verified(&outcome, 1);
        assert_eq!((struck(&outcome), stored(&outcome)), (1, PARTS), "{step}");
    }
}

#[test]
fn a_refused_key_ends_with_three_and_keeps_what_is_confirmed() {
    let mut outcome = Case::of("401-key@complete").run();
    assert_eq!((outcome.ran.code, outcome.state()), (Some(3), "needs-attention"));
    assert_eq!(outcome.ran.finished(NAME)["refused"], true);
    assert_eq!(stored(&outcome), PARTS);
    // The service takes the key again: nothing but the last call is left to do.
    let house = &mut outcome.house;
    house.sandbox.kill();
    house.sandbox.again_with(&[]);
    let ran = house.begin(["resume", "--json"]).end();
    ran.assert_verified();
    outcome.file.assert_arrived(&house.sandbox.object(NAME));
    let sent = house.sandbox.log().iter().filter(|line| line.step == "part").count();
    assert_eq!(sent, PARTS, "confirmed parts were sent again");
}

fn verified(outcome: &Outcome, sessions: usize) {
    outcome.ran.assert_verified();
    assert_eq!(outcome.sessions().len(), sessions, "{:#?}", outcome.log);
}

fn struck(outcome: &Outcome) -> usize {
    outcome.log.iter().filter(|line| line.fault.is_some()).count()
}

fn requests(outcome: &Outcome, step: &str) -> usize {
    outcome.log.iter().filter(|line| line.step == step).count()
}

fn stored(outcome: &Outcome) -> usize {
    outcome.log.iter().filter(|line| line.stored).count()
}

fn told(outcome: &Outcome, words: &str) {
    let notes = outcome.ran.events.iter().filter(|event| is(event, "note"));
    let notes: Vec<_> = notes.filter_map(|note| note["text"].as_str()).collect();
    assert!(notes.iter().any(|note| note.contains(words)), "nothing says {words:?}: {notes:#?}");
}
