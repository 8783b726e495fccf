//! After sleep: what was in flight is sent over new connections at once, and no wait lasts longer than the
//! sleep.

use std::time::{Duration, Instant};

use partway_core::{Hold, RetryClass, State};

use crate::rig::{Rig, bytes};
use crate::storage::Reply;
use crate::vendor::{busy, failure};

/// Shorter than any of the waits that are cut short, including the 10 s that a run has to end.
const AT_ONCE: Duration = Duration::from_secs(8);

#[tokio::test]
async fn parts_that_hang_on_dead_connections_are_sent_again_at_once_and_confirmed_ones_are_not() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    let under = rig.open().await;
    rig.vendor.storage.deaf_to(Some(3));
    let id = under.add_one(rig.file("a", 5_000)).await;
    under.until(&id, |job| job.parts_confirmed == 2).await;
    rig.vendor.storage.begun(3).await;

    // The old connection hangs, and another one is opened beside it.
    let since = Instant::now();
    under.engine.woke().await.unwrap();
    rig.vendor.storage.begun(4).await;
    assert!(since.elapsed() < AT_ONCE, "{:?}", since.elapsed());
    rig.vendor.storage.deaf_to(None);
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(rig.vendor.storage.object("1") == bytes(5_000));
    for part in [1, 2] {
        let sent = rig.vendor.storage.puts().iter().filter(|put| put.part == part).count();
        assert_eq!(sent, 1, "part {part} was confirmed before");
    }
}

#[tokio::test]
async fn a_back_off_within_a_run_is_cut_short() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.judge(|_| Reply::No(503, "Retry-After: 60\r\n", "SlowDown"));
    let id = under.add_one(rig.file("a", 1_000)).await;
    under.until(&id, |job| job.state == State::Uploading).await;
    rig.vendor.storage.came_in(1).await;
    rig.vendor.storage.judge(|_| Reply::Stored);

    let since = Instant::now();
    under.engine.woke().await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(since.elapsed() < AT_ONCE, "{:?}", since.elapsed());
}

#[tokio::test]
async fn waits_for_network_and_service_are_over() {
    let long = RetryClass::Throttled { after: Some(Duration::from_secs(600)) };
    for (class, times, hold) in [(RetryClass::Offline, 6, Hold::Offline), (long, 1, Hold::Throttled)] {
        let rig = Rig::new().await;
        let under = rig.open().await;
        rig.vendor.script(|script| {
            (0..times).for_each(|_| script.start.push_back(failure(class.clone(), busy())));
        });
        let id = under.add_one(rig.file("a", 1_000)).await;
        under.until(&id, |job| job.holds.contains(hold)).await;
        rig.vendor.script(|script| script.start.clear());
        let since = Instant::now();
        under.engine.woke().await.unwrap();
        assert_eq!(under.ends(&id).await, State::Verified, "{hold:?}");
        assert!(since.elapsed() < AT_ONCE, "{hold:?}: {:?}", since.elapsed());
    }
}

#[tokio::test]
async fn who_was_paused_stays_so() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 1_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.pause(&partway_engine::Which::Job(id.clone())).await.unwrap();
    under.engine.woke().await.unwrap();
    under.rests(&id).await;
    let job = under.job(&id).await;
    assert_eq!((job.state, job.holds.contains(Hold::User)), (State::Waiting, true));
}
