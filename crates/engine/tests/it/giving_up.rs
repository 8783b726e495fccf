//! Cancelling, retrying, sending again, removing from the list.

use partway_core::{Cause, Hold, RetryClass, State};
use partway_engine::{Log, Refusal, Show, Which};

use crate::rig::{Rig, bytes};
use crate::vendor::{Asked, busy, failure};

#[tokio::test]
async fn a_cancelled_job_says_what_the_vendor_keeps_and_until_when() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.life = Some(3600));
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.storage.came_in(5).await;
    under.engine.cancel(&Which::Job(id.clone())).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Cancelled);
    let mut happened = under.engine.follow();
    while !under.log(&id).await.iter().any(|line| matches!(line, Log::LeftBehind { until: Some(_) })) {
        happened.recv().await.unwrap();
    }
    assert_eq!(under.engine.detail(&id).await.unwrap().left_behind.len(), 1);
    rig.clock.forward(std::time::Duration::from_secs(3601));
    assert_eq!(under.engine.detail(&id).await.unwrap().left_behind.len(), 0, "it has expired by itself");
}

#[tokio::test]
async fn a_vendor_that_can_throw_sessions_away_is_asked_and_an_unanswered_wish_is_kept() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| {
        script.capabilities.abort = true;
        script.abort.push_back(failure(RetryClass::Again, busy()));
    });
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.cancel(&Which::Job(id.clone())).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Cancelled);
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Abort(_))).await;
    assert_eq!(
        under.engine.detail(&id).await.unwrap().left_behind.len(),
        1,
        "it is listed while it is there"
    );
    under.engine.close(std::time::Duration::ZERO).await;

    // The next start repeats what failed.
    let under = rig.open().await;
    rig.vendor.was_asked(2, |asked| matches!(asked, Asked::Abort(_))).await;
    let gone = async {
        while !under.engine.detail(&id).await.unwrap().left_behind.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(crate::rig::PATIENCE, gone).await.unwrap();
}

#[tokio::test]
async fn what_was_given_up_is_thrown_away_before_the_process_ends() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| {
        script.capabilities.abort = true;
        // So that it is not aborted before shutdown is requested.
        script.abort.push_back(failure(RetryClass::Again, busy()));
    });
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.cancel(&Which::Job(id.clone())).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Cancelled);
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Abort(_))).await;
    under.engine.close(std::time::Duration::ZERO).await;
    rig.vendor.was_asked(2, |asked| matches!(asked, Asked::Abort(_))).await;
    let under = rig.open().await;
    assert!(under.engine.detail(&id).await.unwrap().left_behind.is_empty());
}

#[tokio::test]
async fn a_job_can_be_cancelled_at_every_moment_of_its_beginning() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    for round in 0..40 {
        let id = under.add_one(rig.file(&round.to_string(), 3_000)).await;
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        match under.engine.cancel(&Which::Job(id.clone())).await {
            Ok(1) => assert_eq!(under.ends(&id).await, State::Cancelled),
            Ok(other) => panic!("{other} jobs"),
            Err(_) => assert_eq!(under.ends(&id).await, State::Verified),
        }
    }
}

#[tokio::test]
async fn while_a_session_is_being_opened_a_cancellation_waits_for_it_and_throws_it_away() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.capabilities.abort = true);
    let under = rig.open().await;
    rig.vendor.shut();
    let id = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Start(_))).await;
    under.engine.cancel(&Which::Job(id.clone())).await.unwrap();
    assert_eq!(under.job(&id).await.state, State::Cancelling);
    rig.vendor.open();
    assert_eq!(under.ends(&id).await, State::Cancelled);
    rig.vendor.was_asked(1, |asked| *asked == Asked::Abort("1".into())).await;
}

#[tokio::test]
async fn a_second_try_goes_on_where_the_first_one_stopped() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.script(|script| script.complete.push_back(failure(RetryClass::Refused, Cause::QuotaRefused)));
    let id = under.add_one(rig.file("a", 5_000)).await;
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::QuotaRefused));
    under.engine.retry(&Which::Open).await.unwrap();
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), 5, "all parts were there already");
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Start(_))), 1);
}

#[tokio::test]
async fn sending_again_begins_a_session_of_its_own() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.tells_size = false);
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(
        under.ends(&id).await,
        State::Uploaded,
        "without the vendor's word on the size it is not verified"
    );
    under.engine.send_again(&id).await.unwrap();
    rig.vendor.was_asked(2, |asked| matches!(asked, Asked::Complete(_))).await;
    assert_eq!(under.ends(&id).await, State::Uploaded);
    assert!(rig.vendor.storage.object("2") == bytes(2_000));
    assert!(matches!(under.engine.send_again(&id).await, Ok(1)));
}

#[tokio::test]
async fn only_what_has_ended_leaves_the_list() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let done = under.add_one(rig.file("a", 10)).await;
    assert_eq!(under.ends(&done).await, State::Verified);
    let (_, held) = under.add(&[rig.file("b", 10)], Some(600_000)).await;
    let refused = under.engine.remove(&Which::Job(held[0].clone())).await;
    assert!(matches!(refused, Err(Refusal::NotNow(_))));
    assert_eq!(under.engine.remove(&Which::Open).await.unwrap(), 0);
    assert_eq!(under.engine.remove(&Which::Ended).await.unwrap(), 1);
    let left = under.engine.window(Show::All, 0, 10).await.unwrap();
    assert_eq!(left.iter().map(|job| &job.id).collect::<Vec<_>>(), [&held[0]]);
    assert!(left[0].holds.contains(Hold::Countdown));
    assert!(matches!(under.engine.job(&done).await, Err(Refusal::NotThere(_))));
}

/// A shutdown in a hurry waits neither for a hanging call nor for a vendor that has to abort something.
#[tokio::test]
async fn an_end_in_a_hurry_waits_for_no_call_that_hangs() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.capabilities.abort = true);
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let given_up = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.storage.came_in(5).await;
    rig.vendor.shut();
    under.engine.cancel(&Which::Job(given_up.clone())).await.unwrap();
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Abort(_))).await;
    let starts = under.add_one(rig.file("b", 10)).await;
    rig.vendor.was_asked(2, |asked| matches!(asked, Asked::Start(_))).await;
    let begun = std::time::Instant::now();
    under.engine.close(std::time::Duration::from_millis(200)).await;
    assert!(begun.elapsed() < std::time::Duration::from_millis(1500), "{:?}", begun.elapsed());
    drop(starts);
}
