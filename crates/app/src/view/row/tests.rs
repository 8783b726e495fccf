//! What a row says and offers in every state.

use partway_core::Holds;

use super::*;
use crate::fixture::{acme, ended, job, live, practice};

fn shown(job: &Job, to: &Named, live: Option<&LiveView>) -> JobRow {
    let confirmed = [true, true, false, false];
    let around = Around { to, live, confirmed: &confirmed, ahead: None, kept_until: None, now_ms: 0 };
    row(job, &around)
}

#[test]
fn the_type_is_its_ending_in_at_most_four_letters() {
    let kinds = ["a.mov", "b", "c.tar.gz", "d.sessions", ".hidden", "ü.MXF"].map(kind);
    assert_eq!(kinds, ["MOV", "", "GZ", "", "", "MXF"]);
}

#[test]
fn what_can_be_done_follows_from_the_state() {
    let causes =
        [Cause::KeyRefused, Cause::KeyMissing { looked: None }, Cause::NeverConfirmed, Cause::QuotaRefused];
    let mut jobs: Vec<Job> = [State::Waiting, State::Checking, State::Uploading, State::Finishing]
        .into_iter()
        .chain(causes.into_iter().map(State::NeedsAttention))
        .chain([State::Cancelling, State::Cancelled])
        .map(|state| job(state, Holds::NONE))
        .collect();
    jobs.extend(Hold::ALL.map(|hold| job(State::Waiting, Holds::NONE.with(hold))));
    jobs.extend([
        ended(State::Verified, Strength::Confirmed),
        ended(State::Uploaded, Strength::Confirmed),
        ended(State::Uploaded, Strength::Presumed),
        ended(State::Uploaded, Strength::NotFound),
        ended(State::Uploaded, Strength::Unproved),
        ended(State::Uploaded, Strength::MarkedByUser),
    ]);
    let lines: Vec<_> = jobs
        .iter()
        .map(|job| {
            let strength = job.receipt.as_ref().map(|receipt| receipt.strength);
            let (hold, row) = (job.holds.iter().next(), shown(job, &acme(), None));
            format!("{:?} {hold:?} {strength:?}: {:?}", job.state, row.actions)
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn nothing_stands_beside_its_opposite() {
    for state in [State::Waiting, State::Uploading, State::Finishing, State::Verified] {
        for hold in Hold::ALL {
            let actions = shown(&job(state.clone(), Holds::NONE.with(hold)), &acme(), None).actions;
            assert!(!(actions.contains(&Action::Pause) && actions.contains(&Action::Resume)));
            assert!(!(actions.contains(&Action::Cancel) && actions.contains(&Action::Remove)));
        }
    }
    let finishing = shown(&job(State::Finishing, Holds::NONE), &acme(), None).actions;
    assert_eq!(finishing, [Action::ShowFile], "once complete was sent it can be neither paused nor given up");
}

#[test]
fn an_upload_shows_what_is_confirmed_and_what_is_on_the_way() {
    let row = shown(&job(State::Uploading, Holds::NONE), &acme(), Some(&live()));
    assert_eq!((row.ribbon.as_str(), row.confirmed, row.on_the_way), ("dd5.", 200_000_000, 50_000_000));
    assert_eq!((row.speed, row.seconds_left), (10_000_000, Some(15)));
    assert_eq!((row.destination.as_str(), row.kind.as_str(), row.parts), ("Acme", "MOV", 4));
}

#[test]
fn the_figures_of_a_running_upload_are_of_one_moment() {
    // The journal was read before the second part was confirmed.
    let earlier = Job { confirmed: 100_000_000, parts_confirmed: 1, ..job(State::Uploading, Holds::NONE) };
    let row = shown(&earlier, &acme(), Some(&live()));
    assert_eq!((row.ribbon.as_str(), row.confirmed, row.seconds_left), ("dd5.", 200_000_000, Some(15)));
    // Before the plan is known, use the journal's figure.
    let nothing = LiveView { confirmed: Vec::new(), ..live() };
    assert_eq!(shown(&earlier, &acme(), Some(&nothing)).confirmed, 100_000_000);
}

#[test]
fn what_does_not_run_shows_what_it_keeps() {
    let paused = shown(&job(State::Waiting, Holds::NONE.with(Hold::User)), &acme(), None);
    assert_eq!((paused.ribbon.as_str(), paused.seconds_left, paused.speed), ("dd..", None, 0));
    assert_eq!(shown(&ended(State::Verified, Strength::Confirmed), &acme(), None).ribbon, "dddd");
}

#[test]
fn a_ribbon_is_never_longer_than_a_row_is_wide() {
    let many = Job {
        plan: partway_core::PartPlan::restore(400_000_000, 100_000, 4000).ok(),
        ..job(State::Verified, Holds::NONE)
    };
    assert_eq!(shown(&many, &acme(), None).ribbon.len(), 256);
}

#[test]
fn the_second_line_says_what_is_slow_or_needs_a_person() {
    let throttled = LiveView {
        trouble: Some(Trouble::Throttled(std::time::Duration::from_secs(99))),
        patience: std::time::Duration::from_secs(19),
        ..live()
    };
    let with = |trouble| LiveView { trouble: Some(trouble), ..live() };
    let uploading = job(State::Uploading, Holds::NONE);
    let finishing = job(State::Finishing, Holds::NONE);
    let sentences = [
        shown(&uploading, &acme(), Some(&live())).sentence,
        shown(&uploading, &acme(), Some(&throttled)).sentence,
        shown(&uploading, &acme(), Some(&with(Trouble::Network))).sentence,
        shown(&finishing, &acme(), Some(&with(Trouble::Unanswered))).sentence,
        shown(&job(State::NeedsAttention(Cause::SourceMissing), Holds::NONE), &acme(), None).sentence,
        shown(&ended(State::Uploaded, Strength::Confirmed), &acme(), None).sentence,
        shown(&ended(State::Uploaded, Strength::Presumed), &acme(), None).sentence,
        reason(&ended(State::Uploaded, Strength::Confirmed), "Acme"),
        reason(&ended(State::Uploaded, Strength::MarkedByUser), "Acme"),
        reason(&ended(State::Uploaded, Strength::NotFound), "Acme"),
        reason(&ended(State::Uploaded, Strength::Unproved), "Acme"),
        reason(&Job { skipped: true, ..job(State::Cancelled, Holds::NONE) }, "Acme"),
        reason(&job(State::Waiting, Holds::NONE.with(Hold::Credentials)), "Acme"),
    ];
    insta::assert_snapshot!(sentences.map(|sentence| sentence.unwrap_or_else(|| "-".into())).join("\n"));
}

#[test]
fn a_pause_says_what_it_still_waits_for_and_what_stopping_at_once_costs() {
    let paused = job(State::Waiting, Holds::NONE.with(Hold::User));
    let waits = shown(&paused, &acme(), Some(&live()));
    insta::assert_snapshot!(
        [waits.label.as_str(), &waits.sub, waits.sentence.as_deref().unwrap_or("-")].join("\n")
    );
    assert_eq!(waits.actions[..2], [Action::Resume, Action::StopNow]);
    let still = shown(&paused, &acme(), Some(&LiveView { flying: Vec::new(), ..live() }));
    assert_eq!((still.label.as_str(), still.sentence), ("Paused", None));
    assert!(!still.actions.contains(&Action::StopNow));
}

#[test]
fn what_was_practised_has_no_link() {
    let done = ended(State::Verified, Strength::Confirmed);
    assert!(shown(&done, &acme(), None).actions.contains(&Action::CopyLink));
    assert!(!shown(&done, &practice(), None).actions.contains(&Action::CopyLink));
    assert_eq!(shown(&done, &practice(), None).label, "Practice finished");
}

#[test]
fn a_name_in_a_row_turns_nothing_around_it() {
    let mut odd = job(State::Waiting, Holds::NONE);
    odd.name = "cut\u{202e}vom.exe".into();
    odd.path = "/home/ada/a\u{2028}b/cut\u{202e}vom.exe".into();
    let row = shown(&odd, &acme(), None);
    assert_eq!(
        (row.name.as_str(), row.path.as_str()),
        ("cut\u{fffd}vom.exe", "/home/ada/a\u{fffd}b/cut\u{fffd}vom.exe")
    );
}
