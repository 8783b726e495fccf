//! What is sent in vain is bounded, whatever else is answered meanwhile, and reported with figures.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partway_core::{Cause, Hold, State};
use partway_engine::{Log, Which};

use crate::rig::{Rig, Under};
use crate::storage::{Put, Reply};

const REFUSED: Reply = Reply::No(500, "", "InternalError");

/// A vendor that answers every call, whatever its storage does: links are requested and parts are listed in
/// each round.
async fn rig(headless: bool) -> Rig {
    let mut rig = Rig::new().await;
    rig.headless = headless;
    rig.vendor.script(|script| {
        (script.capabilities.refresh, script.capabilities.list) = (true, true);
        script.first_links = 1;
    });
    rig
}

fn sent(rig: &Rig, part: u32) -> usize {
    rig.vendor.storage.puts().iter().filter(|put| put.part == part).count()
}

/// The report for a job that ended because of what it sent in vain.
async fn figures(under: &Under, id: &partway_engine::JobId) -> (u32, u64, String) {
    match under.ends(id).await {
        State::NeedsAttention(Cause::SentInVain(sent)) => (sent.times, sent.bytes, sent.said),
        other => panic!("{other:?} {:?}", under.log(id).await),
    }
}

#[tokio::test]
async fn a_part_that_is_refused_for_ever_ends_a_headless_run_although_everything_else_is_answered() {
    let rig = rig(true).await;
    let under = rig.open().await;
    rig.vendor.storage.judge(|put| if put.part == 3 { REFUSED } else { Reply::Stored });
    let id = under.add_one(rig.file("a", 5_000)).await;
    let (times, bytes, said) = figures(&under, &id).await;
    let tries = sent(&rig, 3);
    assert_eq!((times as usize, bytes), (tries, 1000 * tries as u64), "the figures are what went");
    assert!((8..=32).contains(&tries), "{tries}");
    assert_eq!(said, "said the storage");
    assert_eq!(rig.vendor.storage.puts().len(), tries + 4, "the others went once");
    // After a retry by the user the count starts over.
    rig.vendor.storage.judge(|_| Reply::Stored);
    under.engine.retry(&Which::Job(id.clone())).await.unwrap();
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), tries + 5);
}

#[tokio::test]
async fn in_the_window_a_part_goes_thirty_two_times_in_vain_and_not_more() {
    let rig = rig(false).await;
    let under = rig.open().await;
    rig.vendor.storage.judge(|put| if put.part == 3 { REFUSED } else { Reply::Stored });
    let id = under.add_one(rig.file("a", 5_000)).await;
    let (times, bytes, _) = figures(&under, &id).await;
    assert_eq!((times, bytes, sent(&rig, 3)), (32, 32_000, 32));
}

/// A process that is killed and restarted again and again forgets the rounds, but not the bytes.
#[tokio::test]
async fn a_process_that_is_started_again_and_again_does_not_send_for_ever() {
    let rig = rig(true).await;
    rig.vendor.storage.judge(|put| if put.part == 3 { REFUSED } else { Reply::Stored });
    let mut under = rig.open().await;
    let id = under.add_one(rig.file("a", 5_000)).await;
    let mut starts = 1;
    loop {
        let waits = |job: &partway_engine::Job| {
            job.holds.contains(Hold::Throttled) || matches!(job.state, State::NeedsAttention(_))
        };
        if matches!(under.until(&id, waits).await.state, State::NeedsAttention(_)) {
            break;
        }
        under.engine.close(Duration::ZERO).await;
        starts += 1;
        assert!(starts < 40, "it goes on and on");
        under = rig.open().await;
    }
    assert!(starts > 10, "each of these had rounds of its own: {starts}");
    assert!(sent(&rig, 3) <= 32, "{}", sent(&rig, 3));
}

#[tokio::test]
async fn parts_that_are_refused_together_are_tried_again_one_at_a_time() {
    let rig = rig(false).await;
    let under = rig.open().await;
    rig.vendor.storage.judge(|_| REFUSED);
    let id = under.add_one(rig.file("a", 16_000)).await;
    under.until(&id, |job| job.holds.contains(Hold::Throttled)).await;
    assert_eq!(rig.vendor.storage.puts().len(), 16 + 7, "each once, and one of them to its end");
    under.rests(&id).await;
    let next = rig.vendor.storage.puts().len();
    under.until(&id, |job| job.holds.is_empty()).await;
    under.until(&id, |job| job.holds.contains(Hold::Throttled)).await;
    assert_eq!(rig.vendor.storage.puts().len(), next + 1, "and after that one to see whether it goes");
    rig.vendor.storage.judge(|_| Reply::Stored);
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
}

#[tokio::test]
async fn once_one_part_goes_through_all_others_follow_at_once() {
    let rig = rig(false).await;
    let under = rig.open().await;
    let refused = AtomicUsize::new(0);
    // The storage is down for the first twenty attempts, then up; what follows the first success is held back.
    let storage = Arc::downgrade(&rig.vendor.storage);
    rig.vendor.storage.judge(move |_| match refused.fetch_add(1, Ordering::SeqCst) {
        0..20 => REFUSED,
        20 => {
            storage.upgrade().unwrap().shut();
            Reply::Stored
        }
        _ => Reply::Stored,
    });
    let id = under.add_one(rig.file("a", 16_000)).await;
    // All others arrive while none of them is answered: nobody waits for their turn.
    rig.vendor.storage.came_in(20 + 16).await;
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), 20 + 16);
    assert!(!under.log(&id).await.iter().any(|line| matches!(line, Log::PutOff { .. })), "in one run");
}

/// Nothing was rejected: broken connections are not a service that refuses, and end nothing in a run with a
/// user interface.
#[tokio::test]
async fn connections_that_break_for_longer_than_a_service_may_refuse_end_nothing() {
    for headless in [false, true] {
        let rig = rig(headless).await;
        let under = rig.open().await;
        let lost = AtomicUsize::new(0);
        rig.vendor.storage.judge(move |_| match lost.fetch_add(1, Ordering::SeqCst) {
            0..90 => Reply::Lost,
            _ => Reply::Stored,
        });
        let id = under.add_one(rig.file("a", 1_000)).await;
        assert_eq!(under.ends(&id).await, State::Verified, "{headless} {:?}", under.log(&id).await);
        assert_eq!(rig.vendor.storage.puts().len(), 91);
    }
}

/// Breaks and rejections alternate, with every call answered: the rejections alone come to an end.
#[tokio::test]
async fn failures_of_all_sorts_in_turn_come_to_an_end() {
    let rig = rig(false).await;
    let under = rig.open().await;
    let turn = Mutex::new(0);
    rig.vendor.storage.judge(move |put: &Put| {
        if put.part != 2 {
            return Reply::Stored;
        }
        let mut turn = turn.lock().unwrap();
        *turn += 1;
        match *turn % 4 {
            0 => Reply::Lost,
            1 => REFUSED,
            2 => Reply::No(400, "", "BadDigest"),
            _ => Reply::No(503, "", "ServiceUnavailable"),
        }
    });
    let id = under.add_one(rig.file("a", 3_000)).await;
    let (_, bytes, _) = figures(&under, &id).await;
    assert!(bytes <= 48_000, "{bytes}");
}

/// An hour's allowance used up by an earlier process is waited out and reported; then the file continues.
#[tokio::test]
async fn no_more_is_sent_in_an_hour_than_its_bound_and_the_next_one_goes_on() {
    let rig = rig(true).await;
    rig.vendor.storage.shut();
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.storage.came_in(5).await;
    under.engine.close(Duration::ZERO).await;
    rig.vendor.storage.open();
    let before = rig.vendor.storage.puts().len();
    let journal = rusqlite::Connection::open(rig.data().join("journal.db")).unwrap();
    journal
        .execute(
            "INSERT INTO vain_hour(job, times, bytes, began, hour, confirmed) SELECT id, 99, ?1, ?2, ?1, 0 FROM job",
            rusqlite::params![2_u64 << 30, rig.now_ms()],
        )
        .unwrap();
    drop(journal);

    let under = rig.open().await;
    under.until(&id, |job| job.holds.contains(Hold::Throttled)).await;
    assert_eq!(rig.vendor.storage.puts().len(), before);
    let told = under.log(&id).await.into_iter().find_map(|line| match line {
        Log::InVain { bytes, seconds, .. } => Some((bytes, seconds)),
        _ => None,
    });
    let (bytes, seconds) = told.expect("it is told");
    assert!(bytes == 2 << 30 && (3_500..=3_600).contains(&seconds), "{bytes} {seconds}");

    rig.clock.forward(Duration::from_secs(3601));
    under.engine.woke().await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
}
