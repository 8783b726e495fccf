//! Just-in-time links: requested in windows, renewed by number, and never endlessly.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use partway_core::{Cause, Etag, PartNumber, RetryClass, State};
use partway_engine::{Log, Which};
use partway_provider::ListedPart;

use crate::rig::{Rig, Under, bytes};
use crate::storage::Reply;
use crate::vendor::{Asked, busy, failure};

/// A vendor that issues links on request, and only `first_links` at the start.
async fn just_in_time(first_links: u32) -> Rig {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    rig.vendor.script(|script| {
        script.capabilities.refresh = true;
        script.first_links = first_links;
    });
    rig
}

/// Which parts were requested, call by call.
fn asked_for(rig: &Rig) -> Vec<Vec<u32>> {
    let parts = |asked| if let Asked::Targets(parts) = asked { Some(parts) } else { None };
    rig.vendor.asked().into_iter().filter_map(parts).collect()
}

fn starts(rig: &Rig) -> usize {
    rig.vendor.count(|asked| matches!(asked, Asked::Start(_)))
}

fn expired() -> Reply {
    Reply::No(403, "", "ExpiredToken")
}

async fn renewals(under: &Under, id: &partway_engine::JobId) -> usize {
    under.log(id).await.iter().filter(|line| **line == Log::LinksRenewed).count()
}

#[tokio::test]
async fn links_are_asked_for_by_windows_and_only_where_they_lack() {
    let rig = just_in_time(10).await;
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 150_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    let expected: [Vec<u32>; 3] = [(11..=64).collect(), (65..=128).collect(), (129..=150).collect()];
    assert_eq!(asked_for(&rig), expected);
    assert!(rig.vendor.storage.object("1") == bytes(150_000));
    assert_eq!(renewals(&under, &id).await, 0, "what was never there is not renewed");
}

#[tokio::test]
async fn after_a_restart_links_that_are_in_the_journal_are_not_asked_for_again() {
    let rig = just_in_time(0).await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 100_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.close(Duration::ZERO).await;
    rig.vendor.storage.open();
    let under = rig.open().await;
    assert_eq!(under.ends(&id).await, State::Verified);
    let expected: [Vec<u32>; 2] = [(1..=64).collect(), (65..=100).collect()];
    assert_eq!(asked_for(&rig), expected);
}

#[tokio::test]
async fn late_answers_about_older_links_cost_no_further_ones() {
    let mut rig = just_in_time(u32::MAX).await;
    rig.bounds.parts_per_job = 4;
    let under = rig.open().await;
    let refused = Mutex::new(Vec::new());
    rig.vendor.storage.judge(move |put| {
        let mut refused = refused.lock().unwrap();
        if put.part <= 4 && !refused.contains(&put.part) {
            refused.push(put.part);
            return expired();
        }
        Reply::Stored
    });
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 8_000)).await;
    rig.vendor.storage.came_in(4).await;
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!((renewals(&under, &id).await, starts(&rig)), (1, 1));
}

#[tokio::test]
async fn links_that_run_out_at_once_end_the_session_and_two_of_them_need_a_person() {
    let rig = just_in_time(u32::MAX).await;
    let under = rig.open().await;
    rig.vendor.storage.judge(|_| expired());
    let id = under.add_one(rig.file("a", 3_000)).await;
    let state = under.ends(&id).await;
    assert!(matches!(state, State::NeedsAttention(Cause::SessionsExpired { .. })), "{state:?}");
    assert_eq!((starts(&rig), asked_for(&rig).len(), renewals(&under, &id).await), (2, 6, 6));
}

#[tokio::test]
async fn links_may_be_renewed_as_often_as_parts_go_through_in_between() {
    let rig = just_in_time(u32::MAX).await;
    let under = rig.open().await;
    let seen = Mutex::new(Vec::new());
    rig.vendor.storage.judge(move |put| {
        let mut seen = seen.lock().unwrap();
        if seen.contains(&put.part) {
            return Reply::Stored;
        }
        seen.push(put.part);
        expired()
    });
    let id = under.add_one(rig.file("a", 8_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!((starts(&rig), renewals(&under, &id).await), (1, 8));
}

#[tokio::test]
async fn a_vendor_that_knows_no_such_session_when_links_are_asked_for_gets_a_new_one() {
    for class in [RetryClass::SessionGone, RetryClass::Conflict] {
        let rig = just_in_time(2).await;
        rig.vendor.script(|script| script.targets.push_back(failure(class.clone(), busy())));
        let under = rig.open().await;
        let id = under.add_one(rig.file("a", 5_000)).await;
        assert_eq!(under.ends(&id).await, State::Verified, "{class:?}");
        assert_eq!(starts(&rig), 2);
        let lost = |line: &Log| matches!(line, Log::SessionLost { expired: false, .. });
        assert!(under.log(&id).await.iter().any(lost));
    }
}

#[tokio::test]
async fn a_part_that_the_vendor_has_already_is_taken_only_with_the_bytes_of_the_disk() {
    for same in [true, false] {
        let rig = just_in_time(u32::MAX).await;
        rig.vendor.script(|script| {
            script.capabilities.list = true;
            script.only_missing = true;
        });
        let under = rig.open().await;
        let once = AtomicBool::new(true);
        // Part 2 arrives, its answer is lost, and then its link expires.
        rig.vendor.storage.judge(move |put| match (put.session.as_str(), put.part) {
            ("1", 2) if once.swap(false, Ordering::SeqCst) => Reply::Lost,
            ("1", 2) => expired(),
            _ => Reply::Stored,
        });
        if !same {
            let part = |number| ListedPart {
                number: PartNumber::new(number).unwrap(),
                size: Some(1_000),
                etag: Some(Etag("00000000000000000000000000000000".into())),
            };
            rig.vendor.script(|script| script.list_says = Some((1..=3).map(part).collect()));
        }
        let id = under.add_one(rig.file("a", 3_000)).await;
        assert_eq!(under.ends(&id).await, State::Verified);
        let session = if same { "1" } else { "2" };
        assert_eq!(
            starts(&rig).to_string(),
            session,
            "what differs cannot be sent again in a session that gives no link"
        );
        assert!(rig.vendor.storage.object(session) == bytes(3_000));
    }
}

/// Pauses a job with two confirmed parts, to be resumed.
async fn goes_on_after_two(rig: &Rig, under: &Under) -> partway_engine::JobId {
    rig.vendor.storage.judge(|put| {
        if put.part == 3 { Reply::No(503, "Retry-After: 100\r\n", "SlowDown") } else { Reply::Stored }
    });
    let id = under.add_one(rig.file("a", 4_000)).await;
    under.until(&id, |job| job.parts_confirmed == 2).await;
    rig.vendor.storage.came_in(3).await;
    under.engine.pause(&Which::Open).await.unwrap();
    under.rests(&id).await;
    rig.vendor.storage.judge(|_| Reply::Stored);
    id
}

#[tokio::test]
async fn receipts_that_the_vendors_list_does_not_bear_out_go_again() {
    let rig = just_in_time(u32::MAX).await;
    rig.vendor.script(|script| script.capabilities.list = true);
    let under = rig.open().await;
    let id = goes_on_after_two(&rig, &under).await;
    let kept = rig.vendor.storage.kept("1");
    let first = ListedPart {
        number: PartNumber::FIRST,
        size: Some(1_000),
        etag: Some(Etag(hex::encode(<md5::Md5 as md5::Digest>::digest(&kept[0].1)))),
    };
    rig.vendor.script(|script| script.list_says = Some(vec![first]));
    under.engine.close(Duration::ZERO).await;
    let under = rig.open().await;
    under.engine.resume(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(under.log(&id).await.contains(&Log::PartsMissing { parts: 1 }));
    let puts = |part| rig.vendor.storage.puts().iter().filter(|put| put.part == part).count();
    assert_eq!((puts(1), puts(2), starts(&rig)), (1, 2, 1));
}

#[tokio::test]
async fn a_list_that_knows_no_such_session_begins_a_new_one_and_one_that_is_refused_says_nothing() {
    for (class, begun) in [(RetryClass::SessionGone, 2), (RetryClass::Refused, 1)] {
        let rig = just_in_time(u32::MAX).await;
        rig.vendor.script(|script| script.capabilities.list = true);
        let under = rig.open().await;
        let id = goes_on_after_two(&rig, &under).await;
        rig.vendor.script(|script| script.list.push_back(failure(class.clone(), busy())));
        under.engine.close(Duration::ZERO).await;
        let under = rig.open().await;
        under.engine.resume(&Which::Open).await.unwrap();
        assert_eq!(under.ends(&id).await, State::Verified, "{class:?}");
        assert_eq!(starts(&rig), begun);
        assert_eq!(rig.vendor.count(|asked| *asked == Asked::List), 1);
    }
}
