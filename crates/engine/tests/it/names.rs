//! Names taken at the destination, and a batch's single decision about them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use partway_core::{Cause, Failure, FileReceipt, RetryClass, State, Strength};
use partway_engine::{BatchId, JobId, Log, Which};
use partway_provider::IfExists;

use crate::rig::{Rig, Under, bytes};
use crate::storage::Reply;
use crate::vendor::{Asked, failure};

pub(crate) fn taken() -> Failure {
    failure(RetryClass::Refused, Cause::NameTaken { name: "a".into() })
}

pub(crate) fn waits(state: &State) -> bool {
    matches!(state, State::NeedsAttention(Cause::NameTaken { .. } | Cause::NameShared { .. }))
}

pub(crate) fn starts(rig: &Rig) -> usize {
    rig.vendor.count(|asked| matches!(asked, Asked::Start(_)))
}

/// What each start was given for a taken name.
fn told(rig: &Rig) -> Vec<Option<IfExists>> {
    rig.vendor.script(|script| script.told.iter().map(|file| file.fields.if_exists).collect())
}

/// A batch of two whose names are taken, both waiting for a decision.
async fn two_wait(rig: &Rig, under: &Under) -> (BatchId, Vec<JobId>) {
    rig.vendor.script(|script| script.start.extend([taken(), taken()]));
    let (batch, ids) = under.add(&[rig.file("a", 2_000), rig.file("b", 2_000)], None).await;
    for id in &ids {
        assert!(waits(&under.ends(id).await));
    }
    (batch.id, ids)
}

#[tokio::test]
async fn one_word_settles_all_of_a_batch_and_those_to_come() {
    for how in [IfExists::Overwrite, IfExists::Rename] {
        let mut rig = Rig::new().await;
        rig.bounds.jobs = 1;
        let under = rig.open().await;
        // The third is paused.
        rig.vendor.script(|script| script.start.extend([taken(), taken()]));
        rig.vendor.shut();
        let (batch, ids) =
            under.add(&[rig.file("a", 2_000), rig.file("b", 2_000), rig.file("c", 2_000)], None).await;
        under.engine.pause(&Which::Job(ids[2].clone())).await.unwrap();
        rig.vendor.open();
        for id in &ids[..2] {
            assert!(waits(&under.ends(id).await));
        }
        assert_eq!(rig.vendor.storage.puts(), [], "nothing was sent");
        assert_eq!(under.engine.settle_names(&batch.id, how).await.unwrap(), 2);
        for id in &ids[..2] {
            assert_eq!(under.until(id, |job| job.state.is_end()).await.state, State::Verified);
        }
        under.engine.resume(&Which::Job(ids[2].clone())).await.unwrap();
        assert_eq!(under.ends(&ids[2]).await, State::Verified);
        assert_eq!(told(&rig), [None, None, Some(how), Some(how), Some(how)]);
    }
}

#[tokio::test]
async fn what_is_skipped_ends_with_that_reason_and_the_others_file_is_left_alone() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let (batch, ids) = two_wait(&rig, &under).await;
    assert_eq!(under.engine.settle_names(&batch, IfExists::Skip).await.unwrap(), 2);
    for id in &ids {
        assert_eq!(under.until(id, |job| job.state.is_end()).await.state, State::Cancelled);
        assert!(under.job(id).await.skipped);
        let log = under.log(id).await;
        assert!(log.contains(&Log::Skipped) && !log.contains(&Log::Cancelled), "{log:?}");
    }
    assert_eq!((starts(&rig), rig.vendor.storage.puts().len()), (2, 0));
    assert!(under.engine.settle_names(&BatchId("none".into()), IfExists::Skip).await.is_err());
}

#[tokio::test]
async fn a_word_that_is_there_when_the_name_is_found_taken_is_followed_without_asking() {
    let mut rig = Rig::new().await;
    rig.headless = true;
    let under = rig.open().await;
    rig.vendor.shut();
    let (batch, ids) = under.add(&[rig.file("a", 2_000)], None).await;
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Start(_))).await;
    // The decision arrives while the vendor is being called without it.
    assert_eq!(under.engine.settle_names(&batch.id, IfExists::Skip).await.unwrap(), 0);
    rig.vendor.script(|script| script.start.push_back(taken()));
    rig.vendor.open();
    assert_eq!(under.until(&ids[0], |job| job.state.is_end()).await.state, State::Cancelled);
}

#[tokio::test]
async fn a_word_that_comes_while_the_vendor_is_asked_without_it_is_tried_once() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.shut();
    let (batch, ids) = under.add(&[rig.file("a", 2_000)], None).await;
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Start(_))).await;
    under.engine.settle_names(&batch.id, IfExists::Overwrite).await.unwrap();
    // A vendor that ignores the decision must not be asked forever.
    rig.vendor.script(|script| script.start.extend((0..20).map(|_| taken())));
    rig.vendor.open();
    rig.vendor.was_asked(2, |asked| matches!(asked, Asked::Start(_))).await;
    under.until(&ids[0], |job| waits(&job.state)).await;
    under.rests(&ids[0]).await;
    assert!(waits(&under.job(&ids[0]).await.state));
    assert_eq!(told(&rig), [None, Some(IfExists::Overwrite)]);
}

#[tokio::test]
async fn a_name_that_is_taken_at_the_end_can_still_be_skipped_and_its_session_is_thrown_away() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| {
        script.capabilities.abort = true;
        script.complete.push_back(taken());
    });
    let under = rig.open().await;
    rig.vendor.shut();
    let (batch, ids) = under.add(&[rig.file("a", 2_000)], None).await;
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Start(_))).await;
    under.engine.settle_names(&batch.id, IfExists::Skip).await.unwrap();
    rig.vendor.open();
    assert_eq!(under.until(&ids[0], |job| job.state.is_end()).await.state, State::Cancelled);
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Abort(_))).await;
}

/// The object that is there: 900 bytes, with this checksum.
fn there(of: &[u8]) -> Result<FileReceipt, Failure> {
    let md5 = hex::encode(<md5::Md5 as md5::Digest>::digest(of));
    let checksum = Some(format!("md5:{md5}"));
    Ok(FileReceipt { strength: Strength::Confirmed, size: Some(900), checksum, ..FileReceipt::unknown() })
}

fn precondition() -> Reply {
    Reply::No(412, "", "PreconditionFailed")
}

#[tokio::test]
async fn a_lost_answer_and_then_a_taken_name_is_compared_before_anybody_is_asked() {
    let other = vec![0; 900];
    for (lies_there, ours) in [(bytes(900), true), (other, false)] {
        let rig = Rig::new().await;
        rig.vendor.script(|script| {
            script.capabilities.verify = true;
            script.verify.push_back(there(&lies_there));
        });
        let under = rig.open().await;
        let first = AtomicBool::new(true);
        rig.vendor
            .storage
            .judge(move |_| if first.swap(false, Ordering::SeqCst) { Reply::Lost } else { precondition() });
        let id = under.add_one(rig.file("a", 900)).await;
        let state = under.ends(&id).await;
        assert!(if ours { state == State::Verified } else { waits(&state) }, "{state:?}");
        assert_eq!(rig.vendor.storage.puts().len(), 2);
    }
}

#[tokio::test]
async fn a_name_that_was_taken_from_the_beginning_is_asked_about() {
    let rig = Rig::new().await;
    // The same content is there, but not because of this job.
    rig.vendor.script(|script| {
        script.capabilities.verify = true;
        script.verify.push_back(there(&bytes(900)));
    });
    let under = rig.open().await;
    rig.vendor.storage.judge(|_| precondition());
    let id = under.add_one(rig.file("a", 900)).await;
    assert!(waits(&under.ends(&id).await));
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Verify(_))), 0);
}

#[tokio::test]
async fn a_put_that_was_on_its_way_at_a_crash_may_have_taken_the_name_itself() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| {
        script.capabilities.verify = true;
        script.verify.push_back(there(&bytes(900)));
    });
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 900)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.close(Duration::ZERO).await;
    rig.vendor.storage.judge(|_| precondition());
    rig.vendor.storage.open();
    let under = rig.open().await;
    assert_eq!(under.ends(&id).await, State::Verified);
}

#[tokio::test]
async fn a_lost_complete_and_then_a_taken_name_is_compared_too() {
    for (lies_there, ours) in [(bytes(900), true), (vec![0; 900], false)] {
        let rig = Rig::new().await;
        rig.vendor.script(|script| {
            script.capabilities.verify = true;
            script.complete.extend([failure(RetryClass::Unknown, crate::vendor::busy()), taken()]);
            script.verify.push_back(there(&lies_there));
        });
        let under = rig.open().await;
        let id = under.add_one(rig.file("a", 900)).await;
        let state = under.ends(&id).await;
        assert!(if ours { state == State::Verified } else { waits(&state) }, "{state:?}");
    }
}

/// A link that accepts only the existing content (`Content-MD5`), in case it is ours.
#[tokio::test]
async fn other_bytes_of_the_same_size_are_a_taken_name_and_no_storage_that_keeps_failing() {
    for (lies_there, ours) in [(vec![0; 900], false), (bytes(900), true)] {
        let rig = Rig::new().await;
        let sum = base64(&<md5::Md5 as md5::Digest>::digest(&lies_there));
        rig.vendor.script(|script| {
            script.capabilities.verify = true;
            script.capabilities.refresh = true;
            script.headers = vec![("Content-MD5".into(), sum)];
            script.verify.extend([there(&lies_there), there(&lies_there)]);
        });
        let under = rig.open().await;
        let first = AtomicBool::new(true);
        rig.vendor.storage.judge(move |_| match (first.swap(false, Ordering::SeqCst), ours) {
            (true, _) => precondition(),
            (false, true) => Reply::Stored,
            (false, false) => Reply::No(400, "", "BadDigest"),
        });
        let id = under.add_one(rig.file("a", 900)).await;
        let state = under.ends(&id).await;
        let taken = State::NeedsAttention(Cause::NameTaken { name: "a".into() });
        assert_eq!(state, if ours { State::Verified } else { taken });
        assert_eq!(rig.vendor.storage.puts().len(), 2);
    }
}

fn base64(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}
