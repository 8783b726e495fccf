//! Reasons to wait: the user, the key, the network, the service.

use std::time::Duration;

use partway_core::{Cause, Hold, RetryClass, State};
use partway_engine::{Bounds, Log, Refusal, Standing, Which};

use crate::rig::{Rig, bytes};
use crate::storage::Reply;
use crate::vendor::{Asked, busy, failure};

fn one(id: &partway_engine::JobId) -> Which {
    Which::Job(id.clone())
}

/// How often a part was sent.
fn sent(rig: &Rig, part: u32) -> usize {
    rig.vendor.storage.puts().iter().filter(|put| put.part == part).count()
}

#[tokio::test]
async fn a_paused_job_lets_its_parts_end_and_goes_on_without_sending_them_again() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 2;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.storage.came_in(2).await;
    under.engine.pause(&one(&id)).await.unwrap();
    rig.vendor.storage.open();
    under.rests(&id).await;

    let paused = under.job(&id).await;
    assert_eq!((paused.state, paused.holds.contains(Hold::User)), (State::Waiting, true));
    assert_eq!(paused.parts_confirmed, 2, "both parts in flight were let to their end");
    assert_eq!(rig.vendor.storage.puts().len(), 2, "no new part was begun");

    under.engine.resume(&one(&id)).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), 5, "nothing was sent twice");
    assert!(under.log(&id).await.contains(&Log::Resumed { confirmed: 2, parts: 5 }));
    assert!(rig.vendor.storage.object("1") == bytes(5_000));
}

#[tokio::test]
async fn a_pause_begins_no_part_that_waits_for_its_turn() {
    let mut rig = Rig::new().await;
    // A single permit: seven of the job's eight parts wait for it.
    rig.bounds = Bounds { parts: 1, ..Bounds::default() };
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 8_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.pause(&one(&id)).await.unwrap();
    rig.vendor.storage.open();
    under.rests(&id).await;
    assert_eq!(rig.vendor.storage.puts().len(), 1);
    assert_eq!(under.job(&id).await.parts_confirmed, 1);
}

#[tokio::test]
async fn a_pause_does_not_wait_for_a_part_that_only_waits_to_be_sent_again() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.judge(|_| Reply::No(503, "Retry-After: 60\r\n", "SlowDown"));
    let id = under.add_one(rig.file("a", 1_000)).await;
    under.until(&id, |job| job.state == State::Uploading).await;
    rig.vendor.storage.came_in(1).await;
    let begun = std::time::Instant::now();
    under.engine.pause(&one(&id)).await.unwrap();
    under.rests(&id).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_pause_that_is_taken_back_at_once_loses_nothing() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 20_000)).await;
    for _ in 0..20 {
        if under.engine.pause(&one(&id)).await.is_err() {
            break;
        }
        under.engine.resume(&one(&id)).await.unwrap();
    }
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!((1..=20).all(|part| sent(&rig, part) >= 1));
    assert!(rig.vendor.storage.object("1") == bytes(20_000));
}

#[tokio::test]
async fn a_pause_that_is_taken_back_while_its_last_part_ends_goes_on_in_the_same_run() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 1_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.pause(&one(&id)).await.unwrap();
    under.engine.resume(&one(&id)).await.unwrap();
    // The other job runs: so the scheduler has read the queue, and left the first one alone.
    let other = under.add_one(rig.file("b", 1_000)).await;
    rig.vendor.storage.came_in(2).await;
    under.until(&id, |job| job.state == State::Uploading).await;
    rig.vendor.storage.open();
    assert_eq!((under.ends(&id).await, under.ends(&other).await), (State::Verified, State::Verified));
    assert_eq!(rig.vendor.storage.puts().len(), 2);
}

#[tokio::test]
async fn a_pause_is_not_waited_for_once_the_user_says_so_and_its_part_goes_again() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 1_000)).await;
    rig.vendor.storage.came_in(1).await;
    assert!(under.engine.stop_now(&one(&id)).await.is_err(), "it is not paused");
    under.engine.pause(&one(&id)).await.unwrap();
    assert_eq!(under.engine.live()[&id].flying.len(), 1, "its part is waited for");
    assert_eq!(under.engine.stop_now(&one(&id)).await.unwrap(), 1);
    under.rests(&id).await;
    assert_eq!(under.job(&id).await.parts_confirmed, 0);
    assert!(under.engine.stop_now(&one(&id)).await.is_err(), "nothing is on its way any more");
    rig.vendor.storage.open();
    under.engine.resume(&one(&id)).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(sent(&rig, 1), 2);
}

#[tokio::test]
async fn what_is_being_confirmed_can_be_neither_paused_nor_cancelled() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 10)).await;
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Start(_))).await;
    rig.vendor.shut();
    under.until(&id, |job| job.state == State::Finishing).await;
    for refused in [under.engine.pause(&one(&id)).await, under.engine.cancel(&one(&id)).await] {
        assert!(matches!(refused, Err(Refusal::NotNow(words)) if words.contains("being confirmed")));
    }
    rig.vendor.open();
    assert_eq!(under.ends(&id).await, State::Verified);
}

#[tokio::test]
async fn a_refused_key_holds_every_job_of_its_destination_and_another_key_sets_all_going() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.script(|script| script.start.push_back(failure(RetryClass::Credentials, Cause::KeyRefused)));
    rig.vendor.shut();
    let files: Vec<_> = (0..12).map(|n| rig.file(&n.to_string(), 10)).collect();
    let (_, ids) = under.add(&files, None).await;
    rig.vendor.was_asked(8, |asked| matches!(asked, Asked::Start(_))).await;
    rig.vendor.open();
    under.until(&ids[11], |job| job.holds.contains(Hold::Credentials)).await;
    assert_eq!(under.engine.destination(&under.to).await.unwrap().unwrap().standing, Standing::Refused);
    let held = under.engine.held(Hold::Credentials, &under.to).await.unwrap();
    assert!(held >= 5, "{held}: at least those that had not begun, and the one that was refused");

    under.engine.key_replaced(&under.to, None).await.unwrap();
    for id in &ids {
        assert_eq!(under.ends(id).await, State::Verified);
    }
    assert_eq!(under.engine.destination(&under.to).await.unwrap().unwrap().standing, Standing::Good);
}

#[tokio::test]
async fn a_refusal_of_the_old_key_that_comes_late_says_nothing_of_the_new_one() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.script(|script| script.start.push_back(failure(RetryClass::Credentials, Cause::KeyRefused)));
    rig.vendor.shut();
    let id = under.add_one(rig.file("a", 10)).await;
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Start(_))).await;
    under.engine.key_replaced(&under.to, None).await.unwrap();
    rig.vendor.open();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(under.engine.destination(&under.to).await.unwrap().unwrap().standing, Standing::Good);
}

#[tokio::test]
async fn nobody_can_give_a_headless_run_another_key_so_its_jobs_need_attention() {
    let mut rig = Rig::new().await;
    rig.headless = true;
    rig.bounds.jobs = 1;
    let under = rig.open().await;
    // The first one has a separate problem, whose detail must survive the others'.
    rig.vendor.script(|script| {
        script.start.push_back(failure(RetryClass::Refused, Cause::QuotaRefused));
        script.start.push_back(failure(RetryClass::Credentials, Cause::KeyRefused));
    });
    let files: Vec<_> = (0..4).map(|n| rig.file(&n.to_string(), 10)).collect();
    let first = under.add_one(files[0].clone()).await;
    assert_eq!(under.ends(&first).await, State::NeedsAttention(Cause::QuotaRefused));
    let before = under.job(&first).await.detail;
    rig.vendor.script(|script| script.start[0].detail = "said of the key".into());
    let (_, ids) = under.add(&files[1..], None).await;
    for id in &ids {
        assert_eq!(under.ends(id).await, State::NeedsAttention(Cause::KeyRefused));
        assert!(under.job(id).await.detail.unwrap().contains("said of the key"));
    }
    assert_eq!(under.job(&first).await.detail, before);
}

#[tokio::test]
async fn a_network_that_is_away_is_waited_for_and_told_once() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.script(|script| {
        (0..5).for_each(|_| script.start.push_back(failure(RetryClass::Offline, busy())));
    });
    let id = under.add_one(rig.file("a", 10)).await;
    under.until(&id, |job| job.holds.contains(Hold::Offline)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    let log = under.log(&id).await;
    assert_eq!(log.iter().filter(|line| **line == Log::NetworkLost).count(), 1, "{log:?}");
    assert_eq!(log.iter().filter(|line| **line == Log::NetworkBack).count(), 1, "{log:?}");
}

#[tokio::test]
async fn a_busy_service_gets_its_permit_back_and_a_person_only_headless() {
    let mut rig = Rig::new().await;
    rig.bounds.jobs = 1;
    let under = rig.open().await;
    let long = RetryClass::Throttled { after: Some(Duration::from_secs(600)) };
    rig.vendor.script(|script| script.start.push_back(failure(long, busy())));
    let (first, second) = (rig.file("a", 10), rig.file("b", 10));
    let (_, ids) = under.add(&[first, second], None).await;
    let waits = under.until(&ids[0], |job| job.holds.contains(Hold::Throttled)).await;
    assert_eq!(waits.state, State::Waiting);
    assert_eq!(under.ends(&ids[1]).await, State::Verified, "the one behind it does not wait");
    assert!(
        under
            .log(&ids[0])
            .await
            .iter()
            .any(|line| matches!(line, Log::Throttled { seconds } if *seconds >= 600))
    );
}

#[tokio::test]
async fn a_throttled_host_is_left_alone_by_every_part() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    let under = rig.open().await;
    let first = std::sync::Mutex::new(None::<std::time::Instant>);
    let early = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&early);
    rig.vendor.storage.judge(move |_| {
        let mut first = first.lock().unwrap();
        match *first {
            None => {
                *first = Some(std::time::Instant::now());
                Reply::No(503, "Retry-After: 1\r\n", "SlowDown")
            }
            Some(told) => {
                if told.elapsed() < Duration::from_secs(1) {
                    count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
                Reply::Stored
            }
        }
    });
    let a = under.add_one(rig.file("a", 3_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.until(&a, |_| under.engine.live().values().any(|live| live.trouble.is_some())).await;
    // Another job arrives only now: it has to wait for the host too.
    let b = under.add_one(rig.file("b", 3_000)).await;
    assert_eq!((under.ends(&a).await, under.ends(&b).await), (State::Verified, State::Verified));
    assert_eq!(early.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_longest_wait_that_a_host_asked_for_counts() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::<std::time::Instant>::new()));
    let when = std::sync::Arc::clone(&told);
    rig.vendor.storage.shut();
    rig.vendor.storage.judge(move |put| {
        let mut when = when.lock().unwrap();
        when.push(std::time::Instant::now());
        // Both were in flight together; the second answer requests a shorter wait than the first.
        match (when.len(), put.part) {
            (1, _) => Reply::No(503, "Retry-After: 2\r\n", "SlowDown"),
            (2, _) => Reply::No(503, "", "SlowDown"),
            _ => Reply::Stored,
        }
    });
    let id = under.add_one(rig.file("a", 2_000)).await;
    rig.vendor.storage.came_in(2).await;
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::Verified);
    let told = told.lock().unwrap();
    assert!(told[2..].iter().all(|at| at.duration_since(told[0]) >= Duration::from_secs(2)), "{told:?}");
}

#[tokio::test]
async fn a_key_that_cannot_be_read_now_stops_nothing_that_is_on_its_way_with_it() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let first = under.add_one(rig.file("a", 1_000)).await;
    rig.vendor.storage.came_in(1).await;
    let unread = Cause::KeyUnread { said: "The keychain is locked.".into() };
    rig.vendor.script(|script| script.key.push_back(failure(RetryClass::Credentials, unread)));
    let second = under.add_one(rig.file("b", 1_000)).await;
    under.until(&second, |job| job.holds.contains(Hold::Credentials)).await;
    let going = under.job(&first).await;
    assert_eq!((going.state, going.holds.contains(Hold::Credentials)), (State::Uploading, false));
    let to = going.destination.clone();
    assert_eq!(under.engine.destination(&to).await.unwrap().unwrap().standing, Standing::Missing);
    rig.vendor.storage.open();
    assert_eq!(under.ends(&first).await, State::Verified);
    under.engine.key_replaced(&to, None).await.unwrap();
    assert_eq!(under.ends(&second).await, State::Verified);
}
