//! Looking up the finished file: after a confirmation, and when the answer to *complete* was lost.

use std::time::Duration;

use partway_core::{Cause, Failure, FileReceipt, RetryClass, State, Strength};
use partway_engine::Log;

use crate::rig::{Rig, bytes};
use crate::storage::Reply;
use crate::vendor::{Asked, busy, failure};

async fn can_verify() -> Rig {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.capabilities.verify = true);
    rig
}

fn looks(rig: &Rig) -> usize {
    rig.vendor.count(|asked| matches!(asked, Asked::Verify(_)))
}

fn completes(rig: &Rig) -> usize {
    rig.vendor.count(|asked| matches!(asked, Asked::Complete(_)))
}

fn not_there() -> Result<FileReceipt, Failure> {
    Err(failure(RetryClass::Conflict, busy()))
}

fn there(size: Option<u64>) -> Result<FileReceipt, Failure> {
    Ok(FileReceipt { strength: Strength::Confirmed, size, ..FileReceipt::unknown() })
}

fn lost() -> Failure {
    failure(RetryClass::Unknown, busy())
}

fn gone() -> Failure {
    Failure { status: Some(404), ..failure(RetryClass::Conflict, busy()) }
}

#[tokio::test]
async fn what_a_look_adds_to_a_yes_makes_a_file_verified() {
    let rig = can_verify().await;
    rig.vendor.script(|script| {
        script.tells_size = false;
        script.verify.push_back(there(Some(2_000)));
    });
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!((looks(&rig), completes(&rig)), (1, 1));
}

#[tokio::test]
async fn the_receipt_is_in_the_journal_before_anything_more_is_asked() {
    let rig = can_verify().await;
    rig.vendor.script(|script| script.verify.push_back(not_there()));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Verify(_))).await;
    let receipt = under.job(&id).await.receipt.unwrap();
    assert_eq!((receipt.strength, receipt.id.as_deref()), (Strength::Confirmed, Some("file-1")));
    under.engine.close(Duration::ZERO).await;

    // A repeated *complete* would return another id; it is not sent.
    let under = rig.open().await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(completes(&rig), 1);
    assert_eq!(under.job(&id).await.receipt.unwrap().id.as_deref(), Some("file-1"));
}

#[tokio::test]
async fn not_there_is_believed_at_the_third_look_and_then_it_is_not_verified() {
    for (looked, state, strength) in
        [(2, State::Verified, Strength::Confirmed), (3, State::Uploaded, Strength::NotFound)]
    {
        let rig = can_verify().await;
        rig.vendor.script(|script| script.verify.extend((0..looked).map(|_| not_there())));
        let under = rig.open().await;
        let id = under.add_one(rig.file("a", 2_000)).await;
        assert_eq!(under.ends(&id).await, state);
        assert_eq!((looks(&rig), completes(&rig)), (3, 1));
        assert_eq!(under.job(&id).await.receipt.unwrap().strength, strength);
        assert_eq!(under.log(&id).await.contains(&Log::NotFound), state == State::Uploaded);
        if state == State::Uploaded {
            under.engine.mark_arrived(&id).await.unwrap();
            assert_eq!(under.job(&id).await.receipt.unwrap().strength, Strength::MarkedByUser);
        }
    }
}

#[tokio::test]
async fn a_look_that_brings_nothing_leaves_the_yes_as_it_was() {
    for class in [RetryClass::Refused, RetryClass::Offline] {
        let rig = can_verify().await;
        let no = || Err(failure(class.clone(), busy()));
        rig.vendor.script(|script| script.verify.extend((0..20).map(|_| no())));
        let under = rig.open().await;
        let id = under.add_one(rig.file("a", 2_000)).await;
        assert_eq!(under.ends(&id).await, State::Verified, "{class:?}: by what complete said");
        assert!(under.log(&id).await.iter().any(|line| matches!(line, Log::NotLookedUp { .. })));
    }
}

#[tokio::test]
async fn a_look_that_finds_another_file_is_told() {
    let rig = can_verify().await;
    rig.vendor.script(|script| script.verify.push_back(there(Some(1_999))));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    let state = under.ends(&id).await;
    assert!(
        matches!(&state, State::NeedsAttention(Cause::Refused { said }) if said.contains("1999")),
        "{state:?}"
    );
    assert_eq!(under.job(&id).await.receipt, None, "a receipt of another file is none");
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_a_look_and_by_what_it_tells() {
    for (size, state) in [(Some(2_000), State::Verified), (None, State::Uploaded)] {
        let rig = can_verify().await;
        rig.vendor.script(|script| {
            script.complete.extend([lost(), gone()]);
            script.verify.push_back(there(size));
        });
        let under = rig.open().await;
        let id = under.add_one(rig.file("a", 2_000)).await;
        assert_eq!(under.ends(&id).await, state);
        assert_eq!(under.job(&id).await.receipt.unwrap().strength, Strength::Confirmed, "it was seen");
        assert_eq!((completes(&rig), rig.vendor.storage.puts().len()), (2, 2));
    }
}

#[tokio::test]
async fn after_two_lost_answers_a_look_is_taken_before_the_third_complete() {
    let rig = can_verify().await;
    rig.vendor.script(|script| {
        script.complete.extend([lost(), lost()]);
        script.verify.push_back(there(Some(2_000)));
    });
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!((completes(&rig), looks(&rig)), (2, 1));
}

#[tokio::test]
async fn a_lost_answer_and_no_file_there_means_that_everything_goes_again() {
    // Nothing is there, or another file from before.
    for found in [vec![not_there(), not_there(), not_there()], vec![there(Some(7))]] {
        let rig = can_verify().await;
        rig.vendor.script(|script| {
            script.complete.extend([lost(), gone()]);
            script.verify.extend(found);
        });
        let under = rig.open().await;
        let id = under.add_one(rig.file("a", 2_000)).await;
        assert_eq!(under.ends(&id).await, State::Verified);
        assert!(under.log(&id).await.contains(&Log::SessionLost { bytes: 2_000, expired: false }));
        assert!(rig.vendor.storage.object("2") == bytes(2_000));
    }
}

#[tokio::test]
async fn where_nothing_can_be_said_of_a_lost_answer_it_is_presumed() {
    let rig = can_verify().await;
    rig.vendor.script(|script| {
        script.complete.extend([lost(), gone()]);
        script.verify.push_back(Err(failure(RetryClass::Refused, Cause::PermissionRefused)));
    });
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::Uploaded);
    assert_eq!(under.job(&id).await.receipt.unwrap().strength, Strength::Presumed);
}

#[tokio::test]
async fn a_checksum_of_the_whole_verifies_what_could_not_be_compared_part_by_part() {
    let rig = can_verify().await;
    rig.vendor.storage.judge(|_| Reply::StoredWith("no-md5-at-all"));
    let md5 = hex::encode(<md5::Md5 as md5::Digest>::digest(bytes(900)));
    let whole =
        |md5: &str| there(Some(900)).map(|told| FileReceipt { checksum: Some(format!("md5:{md5}")), ..told });
    rig.vendor.script(|script| script.verify.push_back(whole(&md5)));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 900)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
}
