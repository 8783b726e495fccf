//! All parts are sent: the effect of the answer to *complete*, or of the lack of one.

use std::time::Duration;

use partway_core::{Cause, RetryClass, State, Strength};
use partway_engine::{Log, Refusal, Which};
use partway_provider::Capabilities;

use crate::rig::{Rig, bytes};
use crate::vendor::{Asked, busy, failure};

fn completes(rig: &Rig) -> usize {
    rig.vendor.count(|asked| matches!(asked, Asked::Complete(_)))
}

fn lost() -> partway_core::Failure {
    failure(RetryClass::Unknown, busy())
}

fn conflict(status: u16) -> partway_core::Failure {
    partway_core::Failure { status: Some(status), ..failure(RetryClass::Conflict, busy()) }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_a_yes_settles_it() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.complete.push_back(lost()));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(completes(&rig), 2);
    assert!(under.log(&id).await.contains(&Log::CompleteUnanswered));
    assert_eq!(rig.vendor.storage.puts().len(), 2, "no part was sent again");
}

#[tokio::test]
async fn an_answer_that_has_not_the_shape_it_should_have_is_told_with_its_field() {
    let rig = Rig::new().await;
    let what = "$.success: expected true or false, found text".to_owned();
    let unclear = failure(RetryClass::Unknown, Cause::BrokenReply { what: what.clone() });
    rig.vendor.script(|script| script.complete.push_back(unclear));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    let log = under.log(&id).await;
    assert!(log.contains(&Log::CompleteUnclear { expected: what }), "{log:?}");
    assert!(!log.contains(&Log::CompleteUnanswered), "it was answered");
}

#[tokio::test]
async fn after_a_lost_answer_unknown_and_conflict_mean_that_it_most_likely_arrived() {
    for status in [404, 409] {
        let rig = Rig::new().await;
        rig.vendor.script(|script| script.complete.extend([lost(), conflict(status)]));
        let under = rig.open().await;
        let id = under.add_one(rig.file("a", 2_000)).await;
        assert_eq!(under.ends(&id).await, State::Uploaded, "{status}: never verified");
        let job = under.job(&id).await;
        assert_eq!(job.receipt.unwrap().strength, Strength::Presumed);
        assert!(under.log(&id).await.contains(&Log::Presumed));

        under.engine.mark_arrived(&id).await.unwrap();
        assert_eq!(under.job(&id).await.receipt.unwrap().strength, Strength::MarkedByUser);
        assert!(under.log(&id).await.contains(&Log::MarkedArrived));
        let twice = under.engine.mark_arrived(&id).await;
        assert!(matches!(twice, Err(Refusal::NotNow(_))), "{status}: {twice:?}");
    }
}

#[tokio::test]
async fn without_a_lost_answer_an_unknown_session_means_that_everything_goes_again() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.complete.push_back(conflict(404)));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Start(_))), 2);
    assert!(under.log(&id).await.contains(&Log::SessionLost { bytes: 2_000, expired: false }));
    assert!(rig.vendor.storage.object("2") == bytes(2_000));
}

#[tokio::test]
async fn a_passing_conflict_is_asked_again_and_nothing_is_sent_twice() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.complete.push_back(conflict(409)));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!((completes(&rig), rig.vendor.storage.puts().len()), (2, 2));
}

#[tokio::test]
async fn a_complete_that_was_sent_before_a_crash_counts_as_perhaps_done() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.script(|script| script.complete.push_back(lost()));
    let id = under.add_one(rig.file("a", 2_000)).await;
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Complete(_))).await;
    under.engine.close(Duration::ZERO).await;

    rig.vendor.script(|script| script.complete.push_back(conflict(404)));
    let under = rig.open().await;
    assert_eq!(under.ends(&id).await, State::Uploaded);
    assert_eq!(under.job(&id).await.receipt.unwrap().strength, Strength::Presumed);
    assert_eq!(rig.vendor.storage.puts().len(), 2);
}

#[tokio::test]
async fn after_a_day_without_an_answer_a_person_is_asked() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.script(|script| script.complete.extend([lost(), lost(), lost()]));
    let id = under.add_one(rig.file("a", 2_000)).await;
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Complete(_))).await;
    rig.clock.forward(Duration::from_secs(25 * 3600));
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::NeverConfirmed));
}

#[tokio::test]
async fn an_answer_that_will_never_be_readable_is_not_asked_for_a_day() {
    let rig = Rig::new().await;
    let what = "the reply is not JSON (line 1, column 1)".to_owned();
    let unreadable = partway_core::Failure {
        status: Some(200),
        ..failure(RetryClass::Unknown, Cause::BrokenReply { what })
    };
    rig.vendor.script(|script| script.complete.extend(std::iter::repeat_n(unreadable, 100)));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::NeverConfirmed));
    assert_eq!(completes(&rig), 3);
}

#[tokio::test]
async fn a_vendor_that_tells_another_size_is_not_believed() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.lie_about_size();
    let id = under.add_one(rig.file("a", 2_000)).await;
    let state = under.ends(&id).await;
    assert!(
        matches!(&state, State::NeedsAttention(Cause::Refused { said }) if said.contains("1999")),
        "{state:?}"
    );
}

#[tokio::test]
async fn parts_that_could_not_be_compared_are_uploaded_and_not_verified() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.judge(|put| {
        if put.part == 2 {
            crate::storage::Reply::StoredWith("no-md5-at-all")
        } else {
            crate::storage::Reply::Stored
        }
    });
    let id = under.add_one(rig.file("a", 3_000)).await;
    assert_eq!(under.ends(&id).await, State::Uploaded);
    assert_eq!(under.engine.detail(&id).await.unwrap().compared, 2);
}

#[tokio::test]
async fn a_storage_that_keeps_other_bytes_is_told_after_three_times() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.judge(|_| crate::storage::Reply::StoredWith("00000000000000000000000000000000"));
    let id = under.add_one(rig.file("a", 900)).await;
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::ChecksumDiffers { part: 1, matched: 0 }));
    assert_eq!(rig.vendor.storage.puts().len(), 3);
    assert_eq!(under.job(&id).await.parts_confirmed, 0);
}

#[tokio::test]
async fn a_fault_of_our_own_ends_one_job_and_no_other() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.complete_panics = true);
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 10)).await;
    let state = under.ends(&id).await;
    assert!(matches!(state, State::NeedsAttention(Cause::KeepsFailing { .. })), "{state:?}");
    rig.vendor.script(|script| script.complete_panics = false);
    let other = under.add_one(rig.file("b", 10)).await;
    assert_eq!(under.ends(&other).await, State::Verified);
    under.engine.retry(&Which::Job(id.clone())).await.unwrap();
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
}

#[tokio::test]
async fn a_refusal_at_complete_keeps_every_part() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| {
        script.capabilities = Capabilities { abort: true, ..script.capabilities };
        script.complete.push_back(failure(RetryClass::Refused, Cause::QuotaRefused));
    });
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::QuotaRefused));
    assert_eq!(under.job(&id).await.confirmed, 2_000);
    assert_eq!(
        rig.vendor.count(|asked| matches!(asked, Asked::Abort(_))),
        0,
        "an error never aborts the session"
    );
}

#[tokio::test]
async fn a_size_that_was_wrong_once_never_becomes_an_arrival() {
    let rig = Rig::new().await;
    rig.vendor.lie_about_size();
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert!(matches!(under.ends(&id).await, State::NeedsAttention(Cause::Refused { .. })));
    rig.vendor.script(|script| {
        script.lie = 0;
        script.complete.push_back(conflict(404));
    });
    under.engine.retry(&Which::Open).await.unwrap();
    let job = under.until(&id, |job| job.state.is_end()).await;
    assert_eq!(job.state, State::Verified, "in a session of its own");
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Start(_))), 2);
}

#[tokio::test]
async fn parts_that_the_vendor_misses_go_again_once_a_session_and_never_for_ever() {
    let rig = Rig::new().await;
    let missing = || failure(RetryClass::PartsMissing, busy());
    rig.vendor.script(|script| script.complete.extend((0..40).map(|_| missing())));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert!(matches!(under.ends(&id).await, State::NeedsAttention(Cause::SessionsExpired { .. })));
    // Two sessions, in each of which both parts were sent twice.
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Start(_))), 2);
    assert_eq!((rig.vendor.storage.puts().len(), completes(&rig)), (8, 4));
    assert!(under.log(&id).await.contains(&Log::PartsMissing { parts: 2 }));
}

#[tokio::test]
async fn a_part_that_the_vendor_missed_once_is_sent_again_and_the_file_arrives() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.complete.push_back(failure(RetryClass::PartsMissing, busy())));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(rig.vendor.storage.object("1") == bytes(2_000));
}
