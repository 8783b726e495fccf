//! A vendor whose start may not be repeated, and a process that ended between its start and the answer.

use partway_core::{Cause, RetryClass, State};
use partway_engine::Which;

use crate::rig::Rig;
use crate::vendor::{Asked, busy, failure};

#[tokio::test]
async fn a_start_that_may_have_been_sent_before_a_crash_is_not_repeated_unasked() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.capabilities.start_repeatable = false);
    let under = rig.open().await;
    let (batch, jobs) = under.add(&[rig.file("a", 5_000)], Some(600_000)).await;
    // What a process leaves that was killed while it waited for the answer.
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
