//! The words under a file's name, for every state and every reason to wait.

use partway_core::{Cause, Holds, Strength};
use partway_engine::LeftOut;

use super::*;
use crate::fixture::{ended, job, live};

#[test]
fn every_state_and_every_hold_has_its_words() {
    let mut jobs: Vec<Job> = [
        State::Waiting,
        State::Checking,
        State::Uploading,
        State::Finishing,
        State::NeedsAttention(Cause::SourceMissing),
        State::Cancelling,
        State::Cancelled,
    ]
    .into_iter()
    .map(|state| job(state, Holds::NONE))
    .collect();
    jobs.extend(Hold::ALL.map(|hold| job(State::Waiting, Holds::NONE.with(hold))));
    jobs.push(ended(State::Uploaded, Strength::Confirmed));
    jobs.push(ended(State::Verified, Strength::Confirmed));
    let words: Vec<_> = jobs
        .iter()
        .map(|job| {
            let (label, sub) = (label(job, None, false), sub(job, None, Some(3), None, false, 0));
            format!("{} {:?}: {label} | {sub}", job.state.name(), job.holds.iter().next())
        })
        .collect();
    insta::assert_snapshot!(words.join("\n"));
}

#[test]
fn what_slows_an_upload_is_its_label() {
    let uploading = job(State::Uploading, Holds::NONE);
    let with = |trouble| label(&uploading, Some(&LiveView { trouble, ..live() }), false);
    let words = [None, Some(Trouble::Network), Some(Trouble::Throttled(Duration::from_secs(5)))].map(with);
    assert_eq!(words, ["Uploading", "Waiting for the network", "Slowed"]);
}

#[test]
fn practice_never_says_that_something_was_uploaded() {
    for state in [State::Uploaded, State::Verified] {
        let practised = ended(state, Strength::Confirmed);
        assert_eq!(label(&practised, None, true), "Practice finished");
        assert_eq!(sub(&practised, None, None, None, true, 0), "not uploaded");
    }
}

#[test]
fn a_pause_tells_until_when_what_was_sent_is_kept() {
    let paused = job(State::Waiting, Holds::NONE.with(Hold::User));
    assert_eq!(
        sub(&paused, None, None, Some(60), false, 0),
        format!("200 MB kept until {}", clock(60_000, 0))
    );
    let fresh = Job { confirmed: 0, ..paused };
    assert_eq!(sub(&fresh, None, None, Some(60), false, 0), "");
}

#[test]
fn the_next_one_and_those_behind_it_are_told_apart() {
    let waiting = job(State::Waiting, Holds::NONE);
    assert_eq!(
        [Some(0), Some(3), None].map(|ahead| sub(&waiting, None, ahead, None, false, 0)),
        ["next", "3 ahead", ""]
    );
}

#[test]
fn what_cannot_be_taken_in_is_told_with_its_path_and_what_to_do() {
    let left = [
        WhyLeftOut::Missing,
        WhyLeftOut::NotAFile,
        WhyLeftOut::NotItsSize(0),
        WhyLeftOut::LinkToFolder,
        WhyLeftOut::DeadLink,
        WhyLeftOut::Unreadable("permission denied".into()),
        WhyLeftOut::EmptyFolder,
        WhyLeftOut::Ignored,
        WhyLeftOut::OwnData,
        WhyLeftOut::TooLarge(2_000_000_000),
    ]
    .map(|why| LeftOut { path: "/cards/A001/take3.mxf".into(), why });
    let mut words: Vec<_> = left.iter().map(|left| left_out(&left.path, &left.why)).collect();
    words.push(left_out_of_batch(&left).unwrap());
    words.push(left_out_of_batch(&left[7..8]).unwrap());
    insta::assert_snapshot!(words.join("\n"));
    assert_eq!(left_out_of_batch(&[]), None);
}
