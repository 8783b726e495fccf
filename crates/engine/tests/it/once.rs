//! A vendor whose start must not be repeated, and a process that ended between its start and the answer.

use std::time::Duration;

use partway_core::{Cause, RetryClass, State};
use partway_engine::{JobId, Which};
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::rig::{PATIENCE, Rig};
use crate::vendor::{Asked, busy, failure};

#[tokio::test]
async fn a_start_that_may_have_been_sent_before_a_crash_is_not_repeated_unasked() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.capabilities.start_repeatable = false);
    let under = rig.open().await;
    let (batch, jobs) = under.add(&[rig.file("a", 5_000)], Some(600_000)).await;
    // What a process leaves behind if it is killed while waiting for the answer.
    let mark: &'static str = format!("start_sent:{}", jobs[0]).leak();
    under.engine.set_setting(mark, "true".into()).await.unwrap();
    under.engine.start_now(&batch.id).await.unwrap();
    let State::NeedsAttention(cause) = under.ends(&jobs[0]).await else { panic!("nobody was asked") };
    assert!(
        matches!(&cause, Cause::PerhapsBegun { what } if what.contains("before the answer came")),
        "{cause:?}"
    );
    assert!(!rig.vendor.asked().iter().any(|asked| matches!(asked, Asked::Start(..))));

    under.engine.retry(&Which::Job(jobs[0].clone())).await.unwrap();
    assert_eq!(under.ends(&jobs[0]).await, State::Verified);
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Start(..))).await;
    assert_eq!(under.engine.setting(mark).await.unwrap(), None);
}

#[tokio::test]
async fn a_start_that_was_plainly_refused_may_be_sent_again() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| {
        script.capabilities.start_repeatable = false;
        script.start.push_back(failure(RetryClass::Throttled { after: None }, busy()));
    });
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 5_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    rig.vendor.was_asked(2, |asked| matches!(asked, Asked::Start(..))).await;
}

/// A process that was killed while its start was outstanding; the answer was lost.
fn killed_while_the_start_is_out(rig: &Rig, outside: &Runtime) -> JobId {
    rig.vendor.script(|script| script.capabilities.start_repeatable = false);
    rig.vendor.shut();
    let inside = Runtime::new().unwrap();
    let id = inside.block_on(async {
        let under = rig.open().await;
        let id = under.add_one(rig.file("a", 5_000)).await;
        rig.vendor.was_asked(1, starts).await;
        id
    });
    inside.shutdown_timeout(Duration::from_secs(5));
    outside.block_on(async { rig.vendor.open() });
    id
}

fn starts(asked: &Asked) -> bool {
    matches!(asked, Asked::Start(..))
}

#[test]
fn taking_up_at_once_after_a_crash_does_not_repeat_a_start_that_nobody_was_asked_about() {
    let outside = Runtime::new().unwrap();
    let rig = outside.block_on(Rig::new());
    let id = killed_while_the_start_is_out(&rig, &outside);
    outside.block_on(async {
        let since = rig.now_ms();
        let under = rig.open().await;
        let asks =
            async || matches!(under.job(&id).await.state, State::NeedsAttention(Cause::PerhapsBegun { .. }));
        // At any moment of the opening: before the question is there, and at each change until it is.
        let mut happened = under.engine.follow();
        let asked = async {
            loop {
                under.engine.retry_from_before(since).await.unwrap();
                if asks().await {
                    return;
                }
                let _ = happened.recv().await;
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.expect("nobody was asked");
        // A retry is written before it returns, so one that dropped the question would be noticed.
        under.engine.retry_from_before(since).await.unwrap();
        assert!(asks().await, "the question was answered by somebody who had not seen it");
        assert_eq!(rig.vendor.count(starts), 1);
        // The next one to retry has seen the question.
        rig.clock.forward(Duration::from_secs(1));
        under.engine.retry_from_before(rig.now_ms()).await.unwrap();
        assert_eq!(under.ends(&id).await, State::Verified);
        assert_eq!(rig.vendor.count(starts), 2);
    });
}

#[test]
fn the_question_outlives_another_crash_and_a_retry_that_was_meant_for_something_else() {
    let outside = Runtime::new().unwrap();
    let rig = outside.block_on(Rig::new());
    let id = killed_while_the_start_is_out(&rig, &outside);
    outside.block_on(async {
        let path = rig.folder.path().join("a");
        let kept = rig.folder.path().join("kept");
        std::fs::rename(&path, &kept).unwrap();
        let under = rig.open().await;
        assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::SourceMissing));
        std::fs::rename(&kept, &path).unwrap();
        // This user saw only the problem with the file.
        under.engine.retry(&Which::Job(id.clone())).await.unwrap();
        assert!(matches!(under.ends(&id).await, State::NeedsAttention(Cause::PerhapsBegun { .. })));
        under.engine.close(Duration::ZERO).await;
        // As if the process had ended before it could record that the user has to be asked.
        let conn = Connection::open(rig.data().join("journal.db")).unwrap();
        conn.execute("UPDATE job SET state = 'checking', cause = NULL", []).unwrap();
        drop(conn);
        let under = rig.open().await;
        assert!(matches!(under.ends(&id).await, State::NeedsAttention(Cause::PerhapsBegun { .. })));
        assert_eq!(rig.vendor.count(starts), 1);
        under.engine.cancel(&Which::Job(id.clone())).await.unwrap();
        assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Cancelled);
        let mark: &'static str = format!("start_sent:{id}").leak();
        assert_eq!(under.engine.setting(mark).await.unwrap(), None, "it is of no use any more");
    });
}

#[tokio::test]
async fn what_came_to_need_attention_since_is_left_and_what_did_before_is_tried_again() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.refuses = Some(Cause::QuotaRefused));
    let under = rig.open().await;
    let before = under.add_one(rig.file("before", 10)).await;
    under.ends(&before).await;
    rig.clock.forward(Duration::from_secs(5));
    let since = rig.now_ms();
    let after = under.add_one(rig.file("after", 10)).await;
    under.ends(&after).await;
    rig.vendor.script(|script| script.refuses = None);
    under.engine.retry_from_before(since).await.unwrap();
    assert_eq!(under.ends(&before).await, State::Verified);
    assert_eq!(under.job(&after).await.state, State::NeedsAttention(Cause::QuotaRefused));
    // After the clock is set back, nothing waits for its former time.
    rig.clock.back(Duration::from_secs(3600));
    under.engine.retry_from_before(rig.now_ms()).await.unwrap();
    assert_eq!(under.ends(&after).await, State::Verified);
}
