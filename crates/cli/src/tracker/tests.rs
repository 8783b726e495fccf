//! Every file ends exactly once, whatever events arrive.

use partway_api::ReceiptView;

use super::*;

fn job(id: &str, state: StateName) -> JobLine {
    JobLine {
        id: id.to_owned(),
        file: format!("/abs/{id}.mov"),
        destination: "Acme".to_owned(),
        state,
        holds: vec![],
        size: 1_000_000,
        confirmed: 0,
        parts: 2,
        parts_confirmed: 0,
        reason: None,
        refused: false,
        skipped: false,
        receipt: None,
    }
}

fn waiting_for(ids: &[&str]) -> Tracker {
    let mut tracker = Tracker::default();
    for id in ids {
        let added = tracker.wait_for(&job(id, StateName::Waiting), format!("{id}.mov"));
        assert!(matches!(added, Some(Event::Added { .. })));
    }
    tracker
}

fn end(id: &str, state: FinishedState, refused: bool) -> Event {
    finished(
        Some(id.to_owned()),
        format!("/abs/{id}.mov"),
        Ending { state, refused, skipped: false },
        None,
        None,
    )
}

fn name_of(event: &Event) -> &str {
    match event {
        Event::Finished { file, .. } | Event::State { file, .. } | Event::Part { file, .. } => file,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_goes_under_the_name_it_was_given_and_ends_once() {
    let mut tracker = waiting_for(&["a", "b"]);
    let first = tracker.take(end("a", FinishedState::Verified, false)).unwrap();
    assert_eq!(name_of(&first), "a.mov");
    assert_eq!(tracker.take(end("a", FinishedState::NeedsAttention, true)), None);
    assert_eq!(tracker.open(), 1);
    assert_eq!(tracker.catch_up(&[job("a", StateName::Verified), job("b", StateName::Uploading)]), []);
    assert_eq!(
        tracker.endings().collect::<Vec<_>>(),
        [Ending { state: FinishedState::Verified, refused: false, skipped: false }]
    );
}

#[test]
fn other_commands_files_are_not_shown() {
    let mut tracker = waiting_for(&["a"]);
    assert_eq!(tracker.take(end("z", FinishedState::Verified, false)), None);
    let batch = |id: &str| Event::BatchFinished {
        id: id.to_owned(),
        destination: "Acme".to_owned(),
        files: 1,
        verified: 1,
        uploaded: 0,
        left: 0,
        seconds: 1,
        practice: false,
    };
    tracker.own_batch("mine".to_owned());
    assert_eq!(tracker.take(batch("mine")), Some(batch("mine")));
    assert_eq!(tracker.take(batch("theirs")), None);
}

#[test]
fn a_path_that_never_became_a_job_has_ended() {
    let mut tracker = Tracker::default();
    let event = tracker.left_out("gone.mov".to_owned(), "gone.mov is not there.".to_owned());
    assert_eq!(name_of(&event), "gone.mov");
    assert_eq!(tracker.open(), 0);
    assert_eq!(tracker.endings().count(), 1);
}

#[test]
fn the_list_tells_the_ends_that_were_missed() {
    let mut tracker =
        waiting_for(&["verified", "uploaded", "attention", "key", "paused", "running", "removed"]);
    let held =
        |id, hold| JobLine { holds: vec![hold], reason: Some("why".into()), ..job(id, StateName::Waiting) };
    let receipt = Some(ReceiptView { link: Some("https://x".into()), ..ReceiptView::default() });
    let jobs = [
        JobLine { receipt: receipt.clone(), ..job("verified", StateName::Verified) },
        job("uploaded", StateName::Uploaded),
        JobLine { reason: Some("take3 changed".into()), ..job("attention", StateName::NeedsAttention) },
        held("key", HoldName::Credentials),
        held("paused", HoldName::User),
        job("running", StateName::Uploading),
    ];
    let missed = tracker.catch_up(&jobs);
    let told: Vec<_> = missed
        .iter()
        .map(|event| match event {
            Event::Finished { file, state, refused, .. } => (file.as_str(), *state, *refused),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            ("verified.mov", FinishedState::Verified, false),
            ("uploaded.mov", FinishedState::Uploaded, false),
            ("attention.mov", FinishedState::NeedsAttention, false),
            ("key.mov", FinishedState::NeedsAttention, true),
            ("removed.mov", FinishedState::Cancelled, false),
        ]
    );
    assert!(matches!(&missed[0], Event::Finished { receipt: got, .. } if *got == receipt));
    assert!(matches!(&missed[2], Event::Finished { reason: Some(why), .. } if why == "take3 changed"));
    assert_eq!(tracker.open(), 2);
    assert_eq!(tracker.catch_up(&jobs), []);
}

#[test]
fn giving_up_says_how_things_stand() {
    let mut tracker = waiting_for(&["a", "b"]);
    let _ = tracker.take(Event::Part {
        id: "a".into(),
        file: String::new(),
        part: 1,
        confirmed: 500_000,
        size: 1_000_000,
    });
    let _ = tracker.take(Event::State {
        id: "b".into(),
        file: String::new(),
        state: StateName::Waiting,
        holds: vec![HoldName::Offline],
        reason: Some("There is no network.".into()),
    });
    let reasons: Vec<_> = tracker
        .give_up(|stand| format!("still waiting after 30 s: {stand}"))
        .into_iter()
        .map(|event| match event {
            Event::Finished {
                reason: Some(reason),
                state: FinishedState::NeedsAttention,
                refused: false,
                ..
            } => reason,
            other => panic!("{other:?}"),
        })
        .collect();
    insta::assert_snapshot!(reasons[0], @"still waiting after 30 s: 500 kB of 1.0 MB confirmed.");
    insta::assert_snapshot!(reasons[1], @"still waiting after 30 s: There is no network.");
    assert_eq!(tracker.open(), 0);
    assert!(tracker.give_up(str::to_owned).is_empty());
}

#[test]
fn only_what_can_be_an_end_is_looked_into() {
    let state = |state, holds: &[HoldName]| Event::State {
        id: "a".into(),
        file: String::new(),
        state,
        holds: holds.to_vec(),
        reason: None,
    };
    assert!(lets_expect_end(&state(StateName::NeedsAttention, &[])));
    assert!(lets_expect_end(&state(StateName::Waiting, &[HoldName::Credentials])));
    assert!(!lets_expect_end(&state(StateName::Waiting, &[HoldName::User])));
    assert!(!lets_expect_end(&state(StateName::Uploading, &[])));
    assert!(!lets_expect_end(&end("a", FinishedState::Verified, false)));
}

#[test]
fn a_file_that_is_given_up_says_what_happened_last_where_it_has_no_reason() {
    let reason = |tracker: &mut Tracker| match &tracker.give_up(str::to_owned)[..] {
        [Event::Finished { reason: Some(reason), .. }] => reason.clone(),
        other => panic!("{other:?}"),
    };
    let note = || Event::Note {
        id: "a".to_owned(),
        file: String::new(),
        text: "Too few files may be open, trying part 1 again".to_owned(),
    };
    let part = |confirmed| Event::Progress {
        id: "a".to_owned(),
        file: String::new(),
        confirmed,
        on_the_way: 0,
        size: 1_000_000,
        speed: 0,
        seconds_left: None,
    };

    let mut tracker = waiting_for(&["a"]);
    tracker.take(note());
    tracker.take(part(0));
    assert_eq!(
        reason(&mut tracker),
        "0 B of 1.0 MB confirmed. Last: Too few files may be open, trying part 1 again."
    );
    let mut tracker = waiting_for(&["a"]);
    tracker.take(note());
    tracker.take(part(500_000));
    assert_eq!(reason(&mut tracker), "500 kB of 1.0 MB confirmed.", "it is over: bytes went since");
}
