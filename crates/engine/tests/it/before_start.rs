//! Before a session is opened: refusals, the whole-file hash, changing fields and type.

use std::time::Duration;

use partway_core::{Cause, FieldsChange, RetryClass, State};
use partway_engine::{Refusal, Which};
use partway_provider::{FileHash, HashAlgorithm, IfExists};
use sha2::{Digest, Sha256};

use crate::rig::{Rig, bytes};
use crate::vendor::{Asked, failure};

fn starts(rig: &Rig) -> usize {
    rig.vendor.count(|asked| matches!(asked, Asked::Start(_)))
}

fn hashes(rig: &Rig) -> Vec<Option<FileHash>> {
    rig.vendor.script(|script| script.told.iter().map(|file| file.hash.clone()).collect())
}

async fn wants_hash() -> Rig {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.capabilities.wants_hash = Some(HashAlgorithm::Sha256));
    rig
}

#[tokio::test]
async fn what_can_never_go_there_is_told_before_anything_is_asked_or_read() {
    let rig = wants_hash().await;
    let no = Cause::TypeRefused { mime: "text/plain".into() };
    rig.vendor.script(|script| script.refuses = Some(no.clone()));
    let under = rig.open().await;
    let id = under.add_one(rig.file("a.txt", 2_000)).await;
    assert_eq!(under.ends(&id).await, State::NeedsAttention(no));
    assert_eq!((starts(&rig), under.job(&id).await.hash), (0, None));

    // The user can set a type that is accepted.
    rig.vendor.script(|script| script.refuses = None);
    let change = FieldsChange { mime: Some("application/octet-stream".into()), ..FieldsChange::default() };
    assert_eq!(under.engine.change_fields(&Which::Job(id.clone()), change).await.unwrap(), 1);
    under.engine.retry(&Which::Job(id.clone())).await.unwrap();
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
    assert_eq!(rig.vendor.script(|script| script.told[0].mime.clone()), "application/octet-stream");
}

#[tokio::test]
async fn a_vendor_that_wants_a_hash_gets_it_and_an_unchanged_file_is_read_for_it_once() {
    let rig = wants_hash().await;
    rig.vendor.script(|script| {
        script.start.extend((0..2).map(|_| failure(RetryClass::Refused, Cause::QuotaRefused)));
    });
    let under = rig.open().await;
    let path = rig.file("a", 3_000_000);
    let id = under.add_one(path.clone()).await;
    under.ends(&id).await;
    let whole = hex::encode(Sha256::digest(bytes(3_000_000)));
    under.engine.close(Duration::ZERO).await;

    // A hash that no reading yields reveals whether it was read again.
    let journal = rusqlite::Connection::open(rig.data().join("journal.db")).unwrap();
    journal.execute("UPDATE job SET hash = 'sha256:kept'", []).unwrap();
    drop(journal);
    let under = rig.open().await;
    under.engine.retry(&Which::Open).await.unwrap();
    under.ends(&id).await;

    std::fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    under.engine.retry(&Which::Open).await.unwrap();
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
    let told = |hex: &str| Some(FileHash { algorithm: HashAlgorithm::Sha256, hex: hex.into() });
    assert_eq!(hashes(&rig), [told(&whole), told("kept"), told(&whole)]);
}

#[tokio::test]
async fn reading_for_a_hash_shows_how_far_it_is_and_ends_at_a_pause() {
    let rig = wants_hash().await;
    let path = rig.folder.path().join("large");
    std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let under = rig.open().await;
    let id = under.add_one(path).await;
    let reads = async {
        while under.engine.live().get(&id).and_then(|live| live.read).unwrap_or(0) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let read = tokio::time::timeout(crate::rig::PATIENCE, reads).await;
    let before = under.job(&id).await.state;
    under.engine.pause(&Which::Open).await.unwrap();
    under.rests(&id).await;
    let after = (under.job(&id).await.state, under.job(&id).await.hash, starts(&rig));
    under.engine.cancel(&Which::Open).await.unwrap();
    under.until(&id, |job| job.state == State::Cancelled).await;
    // Only now: a failed test could not end while a file of this size is being read.
    assert!(read.is_ok(), "nothing says that it is read");
    assert_eq!((before, after), (State::Checking, (State::Waiting, None, 0)));
}

#[tokio::test]
async fn fields_of_a_batch_can_be_changed_until_it_starts_and_not_afterwards() {
    let mut rig = Rig::new().await;
    rig.bounds.jobs = 1;
    let under = rig.open().await;
    let card = rig.folder.path().join("card");
    std::fs::create_dir_all(card.join("clips")).unwrap();
    std::fs::write(card.join("clips/b"), bytes(2_000)).unwrap();
    let (batch, ids) = under.add(&[rig.file("a", 2_000), card], Some(60_000)).await;
    let change = FieldsChange {
        folder: Some("day 3/".into()),
        tags: Some(vec!["raw".into()]),
        title: Some("Take".into()),
        if_exists: Some(IfExists::Rename),
        ..FieldsChange::default()
    };
    assert_eq!(under.engine.change_fields(&Which::Batch(batch.id.clone()), change).await.unwrap(), 2);
    let only =
        FieldsChange { title: Some(String::new()), folder: Some("alone".into()), ..FieldsChange::default() };
    assert_eq!(under.engine.change_fields(&Which::Job(ids[1].clone()), only).await.unwrap(), 1);

    rig.vendor.storage.shut();
    under.engine.start_now(&batch.id).await.unwrap();
    rig.vendor.storage.came_in(1).await;
    // The first has started, the second is waiting for its turn.
    let late = FieldsChange { tags: Some(vec!["late".into()]), ..FieldsChange::default() };
    let refused = under.engine.change_fields(&Which::Job(ids[0].clone()), late.clone()).await;
    assert!(matches!(refused, Err(Refusal::NotNow(_))), "{refused:?}");
    assert_eq!(under.engine.change_fields(&Which::Batch(batch.id.clone()), late.clone()).await.unwrap(), 1);
    rig.vendor.storage.open();
    for id in &ids {
        assert_eq!(under.ends(id).await, State::Verified);
    }
    assert!(under.engine.change_fields(&Which::Batch(batch.id), late).await.is_err());
    let told = rig.vendor.script(|script| script.told.clone());
    let seen = |index: usize| {
        let fields = &told[index].fields;
        (fields.folder.clone().unwrap(), fields.tags.clone(), fields.title.clone(), fields.if_exists)
    };
    assert_eq!(seen(0), ("day 3".into(), vec!["raw".into()], Some("Take".into()), Some(IfExists::Rename)));
    // For a single file it is the whole folder.
    assert_eq!(seen(1), ("alone".into(), vec!["late".into()], None, Some(IfExists::Rename)));
}

#[tokio::test]
async fn a_paused_file_with_a_session_keeps_its_fields_and_no_nonsense_is_taken() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 3_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.pause(&Which::Open).await.unwrap();
    rig.vendor.storage.open();
    under.rests(&id).await;
    let title = FieldsChange { title: Some("Take".into()), ..FieldsChange::default() };
    let refused = under.engine.change_fields(&Which::Job(id), title).await;
    assert!(matches!(refused, Err(Refusal::NotNow(_))), "{refused:?}");

    let other = under.add(&[rig.file("b", 10)], Some(60_000)).await.1.remove(0);
    for change in [
        FieldsChange { mime: Some("video".into()), ..FieldsChange::default() },
        FieldsChange { title: Some("x".repeat(70_000)), ..FieldsChange::default() },
    ] {
        let refused = under.engine.change_fields(&Which::Job(other.clone()), change).await;
        assert!(matches!(refused, Err(Refusal::NotUsable(_))), "{refused:?}");
    }
    assert_eq!(under.job(&other).await.fields.title, None);
}
