//! How often something is tried before it ends or needs attention.

use partway_core::{Cause, Hold, RetryClass, State};
use partway_engine::Log;

use crate::rig::Rig;
use crate::storage::Reply;
use crate::vendor::{Asked, busy, failure};

#[tokio::test]
async fn a_part_that_never_goes_gives_its_permit_back_after_eight_attempts() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.judge(|_| Reply::No(500, "", "InternalError"));
    let id = under.add_one(rig.file("a", 10)).await;
    let job = under.until(&id, |job| job.holds.contains(Hold::Throttled)).await;
    assert_eq!(job.state, State::Waiting);
    assert_eq!(rig.vendor.storage.puts().len(), 8);
}

#[tokio::test]
async fn a_headless_run_ends_with_a_service_that_keeps_failing_after_eight_rounds() {
    let mut rig = Rig::new().await;
    rig.headless = true;
    let under = rig.open().await;
    // An unanswered start ends its round at once.
    rig.vendor.script(|script| {
        (0..100).for_each(|_| script.start.push_back(failure(RetryClass::Unknown, busy())));
    });
    let id = under.add_one(rig.file("a", 10)).await;
    let state = under.ends(&id).await;
    assert!(matches!(state, State::NeedsAttention(Cause::KeepsFailing { .. })), "{state:?}");
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Start(_))), 9, "once, and eight times again");
}

#[tokio::test]
async fn what_this_computer_lacks_is_waited_for_without_end_and_not_told_as_the_services() {
    let mut rig = Rig::new().await;
    rig.headless = true;
    let under = rig.open().await;
    // More often than a failing service is tried. An unanswered start ends its round at once.
    rig.vendor.script(|script| {
        (0..12).for_each(|_| script.start.push_back(failure(RetryClass::Unknown, Cause::OpenFiles)));
    });
    let id = under.add_one(rig.file("a", 10)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    let log = under.log(&id).await;
    assert_eq!(log.iter().filter(|line| matches!(line, Log::OpenFiles { .. })).count(), 12, "{log:?}");
    let blamed = |line: &Log| matches!(line, Log::Throttled { .. } | Log::PutOff { .. });
    assert!(!log.iter().any(blamed), "{log:?}");
}
