//! Links and sessions that expire, never worked, or are no longer known.

use std::time::Duration;

use partway_core::{Cause, State};
use partway_engine::Log;

use crate::rig::{Rig, bytes};
use crate::storage::Reply;
use crate::vendor::Asked;

fn starts(rig: &Rig) -> usize {
    rig.vendor.count(|asked| matches!(asked, Asked::Start(_)))
}

fn expired() -> Reply {
    Reply::No(403, "", "ExpiredToken")
}

#[tokio::test]
async fn a_session_that_ran_out_is_replaced_once_and_that_is_told() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    let under = rig.open().await;
    rig.vendor
        .storage
        .judge(|put| if put.session == "1" && put.part == 3 { expired() } else { Reply::Stored });
    let id = under.add_one(rig.file("a", 5_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(starts(&rig), 2);
    assert!(under.log(&id).await.contains(&Log::SessionLost { bytes: 2_000, expired: true }));
    let job = under.job(&id).await;
    assert_eq!((job.confirmed, job.parts_confirmed), (5_000, 5), "parts of the first session count no more");
    assert!(rig.vendor.storage.object("2") == bytes(5_000));
}

#[tokio::test]
async fn after_two_sessions_a_person_gets_the_figures_and_it_never_loops() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    let under = rig.open().await;
    rig.vendor.storage.judge(|put| if put.part == 3 { expired() } else { Reply::Stored });
    let id = under.add_one(rig.file("a", 5_000)).await;
    let state = under.ends(&id).await;
    assert!(matches!(state, State::NeedsAttention(Cause::SessionsExpired { .. })), "{state:?}");
    assert_eq!(starts(&rig), 2);

    // A retry by the user gets two more.
    rig.vendor.storage.judge(|_| Reply::Stored);
    under.engine.retry(&partway_engine::Which::Job(id.clone())).await.unwrap();
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
}

#[tokio::test]
async fn a_vendor_that_can_renew_links_keeps_its_session() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    rig.vendor.script(|script| script.capabilities.refresh = true);
    let under = rig.open().await;
    let once = std::sync::atomic::AtomicBool::new(true);
    rig.vendor.storage.judge(move |put| {
        let first = put.part == 3 && once.swap(false, std::sync::atomic::Ordering::SeqCst);
        if first { expired() } else { Reply::Stored }
    });
    let id = under.add_one(rig.file("a", 5_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!((starts(&rig), rig.vendor.storage.puts().len()), (1, 6));
    assert!(under.log(&id).await.contains(&Log::LinksRenewed));
}

#[tokio::test]
async fn links_that_never_work_are_told_and_not_tried_for_ever() {
    for refresh in [false, true] {
        let rig = Rig::new().await;
        rig.vendor.script(|script| script.capabilities.refresh = refresh);
        let under = rig.open().await;
        rig.vendor.storage.judge(|_| Reply::No(403, "", "SignatureDoesNotMatch"));
        let id = under.add_one(rig.file("a", 1_000)).await;
        let state = under.ends(&id).await;
        assert!(matches!(state, State::NeedsAttention(Cause::LinksUnusable { .. })), "{state:?}");
        assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Targets(_))), usize::from(refresh));
        assert_eq!(starts(&rig), 1);
    }
}

#[tokio::test]
async fn links_that_never_work_are_renewed_once_however_many_parts_are_on_their_way() {
    for signed_here in [false, true] {
        let mut rig = Rig::new().await;
        rig.bounds.parts_per_job = 6;
        rig.vendor.script(|script| {
            script.capabilities.refresh = true;
            script.capabilities.signs_links = signed_here;
        });
        let under = rig.open().await;
        // All are in flight before the first is rejected, and they are rejected one after the other.
        rig.vendor.storage.shut();
        rig.vendor.storage.judge(|_| Reply::No(403, "", "SignatureDoesNotMatch"));
        let id = under.add_one(rig.file("a", 9_000)).await;
        rig.vendor.storage.came_in(6).await;
        rig.vendor.storage.open();
        let state = under.ends(&id).await;
        let State::NeedsAttention(cause) = state else { panic!("{state:?}") };
        // Links signed here are not blamed on the vendor, and no renewal is reported.
        assert_eq!(
            matches!(&cause, Cause::Refused { said } if said.contains("secret")),
            signed_here,
            "{cause:?}"
        );
        assert_eq!(matches!(cause, Cause::LinksUnusable { .. }), !signed_here, "{cause:?}");
        assert_eq!(under.log(&id).await.contains(&Log::LinksRenewed), !signed_here);
        assert_eq!(
            rig.vendor.count(|asked| matches!(asked, Asked::Targets(_))),
            1,
            "{:?}",
            rig.vendor.asked()
        );
        // A retry by the user gets fresh ones, once: if these do not work either, more would not help.
        let sends = rig.vendor.storage.puts().len();
        under.engine.retry(&partway_engine::Which::Job(id.clone())).await.unwrap();
        rig.vendor.storage.came_in(sends + 1).await;
        under.rests(&id).await;
        assert_eq!(under.ends(&id).await, State::NeedsAttention(cause));
        assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Targets(_))), 2);
        rig.vendor.storage.judge(|_| Reply::Stored);
        under.engine.retry(&partway_engine::Which::Job(id.clone())).await.unwrap();
        assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
        assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Targets(_))), 3);
    }
}

#[tokio::test]
async fn a_crash_does_not_forget_that_links_were_renewed_once() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    rig.vendor.script(|script| script.capabilities.refresh = true);
    let under = rig.open().await;
    let storage = &rig.vendor.storage;
    storage.judge(|_| Reply::No(403, "", "SignatureDoesNotMatch"));
    storage.shut();
    let id = under.add_one(rig.file("a", 2_000)).await;
    storage.came_in(1).await;
    rig.vendor.shut();
    storage.open();
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Targets(_))).await;
    storage.shut();
    rig.vendor.open();
    storage.came_in(2).await;
    under.engine.close(Duration::ZERO).await;
    storage.open();
    let under = rig.open().await;
    let state = under.ends(&id).await;
    assert!(matches!(state, State::NeedsAttention(Cause::LinksUnusable { .. })), "{state:?}");
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Targets(_))), 1);
}

#[tokio::test]
async fn a_session_that_the_vendor_forgot_is_replaced() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    let under = rig.open().await;
    rig.vendor.storage.judge(|put| {
        if put.session == "1" && put.part == 2 { Reply::No(404, "", "NoSuchUpload") } else { Reply::Stored }
    });
    let id = under.add_one(rig.file("a", 3_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(under.log(&id).await.contains(&Log::SessionLost { bytes: 1_000, expired: false }));
}

#[tokio::test]
async fn a_part_is_not_begun_with_a_link_that_is_about_to_run_out() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    rig.vendor.script(|script| script.life = Some(3600));
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 3_000)).await;
    rig.vendor.storage.came_in(1).await;
    // 50 s are left when the first part is answered: less than the minute that a part requires.
    rig.clock.forward(Duration::from_secs(3550));
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::Verified);
    let firsts = rig.vendor.storage.puts().iter().filter(|put| put.session == "1").count();
    assert_eq!((firsts, starts(&rig)), (1, 2));
}

#[tokio::test]
async fn a_session_that_ran_out_while_the_job_waited_is_not_tried() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    rig.vendor.script(|script| script.life = Some(3600));
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 3_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.pause(&partway_engine::Which::Open).await.unwrap();
    rig.vendor.storage.open();
    under.rests(&id).await;
    rig.clock.forward(Duration::from_secs(3601));
    under.engine.resume(&partway_engine::Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(starts(&rig), 2);
    assert!(under.log(&id).await.contains(&Log::SessionLost { bytes: 1_000, expired: true }));
}

#[tokio::test]
async fn a_part_whose_answer_was_lost_is_sent_again_and_counted_once() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let once = std::sync::atomic::AtomicBool::new(true);
    rig.vendor.storage.judge(move |put| {
        let first = put.part == 2 && once.swap(false, std::sync::atomic::Ordering::SeqCst);
        if first { Reply::Lost } else { Reply::Stored }
    });
    let id = under.add_one(rig.file("a", 3_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!((rig.vendor.storage.puts().len(), under.job(&id).await.confirmed), (4, 3_000));
    assert!(under.log(&id).await.iter().any(|line| matches!(line, Log::PartAgain { part: 2, .. })));
}

#[tokio::test]
async fn no_link_is_on_the_disk_once_a_job_has_ended() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 50_000)).await;
    rig.vendor.storage.came_in(1).await;
    assert!(
        crate::rig::contains(&rig.everything(), crate::vendor::SIGNATURE),
        "this test looks at the right place"
    );
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::Verified);
    let wiped = async {
        while crate::rig::contains(&rig.everything(), crate::vendor::SIGNATURE) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(crate::rig::PATIENCE, wiped).await.expect("links are still on the disk");
}

/// The storage's clock is over an hour ahead: by ours the link is still valid, by the one that counts it
/// has expired.
async fn the_storages_clock_counts(then: Reply) {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    rig.vendor.script(|script| script.life = Some(3600));
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let ahead = rig.now_s() + 3700;
    rig.vendor.storage.judge(move |put| {
        if put.session == "1" { Reply::At(ahead, Box::new(then.clone())) } else { Reply::Stored }
    });
    let id = under.add_one(rig.file("a", 3_000)).await;
    rig.vendor.storage.came_in(1).await;
    rig.vendor.script(|script| script.life = Some(36_000));
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::Verified);
    let firsts = rig.vendor.storage.puts().iter().filter(|put| put.session == "1").count();
    assert_eq!((firsts, starts(&rig)), (1, 2), "nothing more is sent to links that have run out");
}

#[tokio::test]
async fn the_clock_in_the_storages_yes_says_whether_the_next_link_is_still_good() {
    the_storages_clock_counts(Reply::Stored).await;
}

#[tokio::test]
async fn the_clock_in_the_storages_no_counts_as_well() {
    the_storages_clock_counts(Reply::No(500, "", "InternalError")).await;
}

#[tokio::test]
async fn a_session_that_ends_before_the_file_is_through_is_told_once_and_one_that_does_not_is_not() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| (script.life, script.part_size) = (Some(10), 1 << 20));
    let under = rig.open().await;
    let short = |line: &Log| matches!(line, Log::ShortLife { .. });
    // At a gigabyte per second it would take longer than these ten seconds.
    let large = under.add_one(rig.sparse("large", 10_000 << 20)).await;
    let mut happened = under.engine.follow();
    let told = async {
        while !under.log(&large).await.iter().any(short) {
            let _ = happened.recv().await;
        }
    };
    tokio::time::timeout(crate::rig::PATIENCE, told).await.expect("nobody was told");
    under.engine.pause(&partway_engine::Which::Open).await.unwrap();
    assert_eq!(under.log(&large).await.iter().filter(|line| short(line)).count(), 1);

    rig.vendor.script(|script| (script.life, script.part_size) = (Some(3600), 1000));
    let small = under.add_one(rig.file("small", 5_000)).await;
    assert_eq!(under.ends(&small).await, State::Verified);
    assert!(!under.log(&small).await.iter().any(short));
}
