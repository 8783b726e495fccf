//! Files that change, vanish or were never there.

use std::path::PathBuf;
use std::time::Duration;

use partway_core::{Cause, Hold, State};
use partway_engine::{Log, Which};

use crate::rig::{Rig, Under, bytes};
use crate::vendor::Asked;

/// A paused job of five parts, three of which are confirmed.
async fn three_of_five(rig: &Rig, under: &Under) -> partway_engine::JobId {
    three_of_five_of(rig, under, rig.file("a", 5_000)).await
}

async fn three_of_five_of(rig: &Rig, under: &Under, file: PathBuf) -> partway_engine::JobId {
    rig.vendor.storage.shut();
    let id = under.add_one(file).await;
    rig.vendor.storage.came_in(3).await;
    under.engine.pause(&Which::Open).await.unwrap();
    rig.vendor.storage.open();
    under.rests(&id).await;
    assert_eq!(under.job(&id).await.parts_confirmed, 3);
    id
}

async fn rig() -> Rig {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 3;
    rig
}

/// Changes a file so that its modification time is certain to differ.
fn write(rig: &Rig, content: &[u8]) {
    let path = rig.folder.path().join("a");
    let before = std::fs::metadata(&path).unwrap().modified().unwrap();
    std::fs::write(&path, content).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(before + Duration::from_secs(2)).unwrap();
}

#[tokio::test]
async fn a_file_of_the_same_size_is_compared_and_only_what_differs_goes_again() {
    let rig = rig().await;
    let under = rig.open().await;
    let id = three_of_five(&rig, &under).await;
    let mut other = bytes(5_000);
    other[1_500] ^= 1;
    other[4_500] ^= 1;
    write(&rig, &other);
    under.engine.resume(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(under.log(&id).await.contains(&Log::SourceCompared { same: 2, differ: 1 }));
    assert_eq!(rig.vendor.storage.puts().len(), 3 + 3, "parts 2, 4 and 5");
    assert!(rig.vendor.storage.object("1") == other);
    assert_eq!(under.job(&id).await.confirmed, 5_000);
}

#[tokio::test]
async fn a_file_that_was_only_touched_is_not_sent_again() {
    let rig = rig().await;
    let under = rig.open().await;
    let id = three_of_five(&rig, &under).await;
    write(&rig, &bytes(5_000));
    under.engine.resume(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(under.log(&id).await.contains(&Log::SourceCompared { same: 3, differ: 0 }));
    assert_eq!(rig.vendor.storage.puts().len(), 5);
}

#[tokio::test]
async fn a_file_of_another_size_goes_in_a_session_of_its_own() {
    let rig = rig().await;
    let under = rig.open().await;
    let id = three_of_five(&rig, &under).await;
    write(&rig, &bytes(6_500));
    under.engine.resume(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Start(_))), 2);
    assert!(rig.vendor.storage.object("2") == bytes(6_500));
    let job = under.job(&id).await;
    assert_eq!((job.identity.size, job.confirmed, job.parts_confirmed), (6_500, 6_500, 7));
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_never_completed_before_a_person_looked() {
    let rig = rig().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.storage.came_in(3).await;
    let mut other = bytes(5_000);
    other[10] ^= 1;
    write(&rig, &other);
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::SourceChanged));
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Complete(_))), 0);
    under.engine.retry(&Which::Open).await.unwrap();
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
    assert!(rig.vendor.storage.object("1") == other);
}

#[tokio::test]
async fn a_file_that_changes_after_its_last_part_is_not_completed() {
    let rig = rig().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 2_000)).await;
    rig.vendor.storage.came_in(2).await;
    write(&rig, &[7; 2_000]);
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::SourceChanged));
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Complete(_))), 0);
}

#[tokio::test]
async fn a_file_that_vanishes_keeps_what_was_sent_and_goes_on_when_it_is_back() {
    let rig = rig().await;
    let under = rig.open().await;
    let id = three_of_five(&rig, &under).await;
    let (path, away) = (rig.folder.path().join("a"), rig.folder.path().join("away"));
    std::fs::rename(&path, &away).unwrap();
    under.engine.resume(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::SourceMissing));
    assert_eq!(under.job(&id).await.parts_confirmed, 3);
    std::fs::rename(&away, &path).unwrap();
    under.engine.retry(&Which::Open).await.unwrap();
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), 5);
}

#[tokio::test]
async fn a_file_whose_folder_is_away_waits_and_goes_on_by_itself_when_it_is_back() {
    let rig = rig().await;
    let under = rig.open().await;
    let (drive, away) = (rig.folder.path().join("T7"), rig.folder.path().join("unplugged"));
    std::fs::create_dir(&drive).unwrap();
    let id = three_of_five_of(&rig, &under, rig.file("T7/a", 5_000)).await;
    std::fs::rename(&drive, &away).unwrap();
    under.engine.resume(&Which::Open).await.unwrap();
    let waits = under.until(&id, |job| job.holds.contains(Hold::SourceMissing)).await;
    assert_eq!((waits.state, waits.parts_confirmed), (State::Waiting, 3));
    std::fs::rename(&away, &drive).unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), 5, "nothing was sent twice");
    assert!(under.log(&id).await.contains(&Log::SourceAway));
}

#[tokio::test]
async fn nobody_plugs_a_drive_in_for_a_headless_run() {
    let mut rig = rig().await;
    rig.headless = true;
    let under = rig.open().await;
    std::fs::create_dir(rig.folder.path().join("T7")).unwrap();
    let gone = rig.file("T7/a", 10);
    let (_, ids) = under.add(&[gone], Some(600_000)).await;
    std::fs::remove_dir_all(rig.folder.path().join("T7")).unwrap();
    under.engine.start_now(&under.job(&ids[0]).await.batch).await.unwrap();
    assert_eq!(under.ends(&ids[0]).await, State::NeedsAttention(Cause::SourceMissing));
}

#[tokio::test]
async fn other_jobs_go_on_beside_a_file_that_is_gone() {
    let rig = rig().await;
    let under = rig.open().await;
    let (gone, good) = (rig.file("gone", 10), rig.file("good", 10));
    let (_, ids) = under.add(&[gone.clone(), good], Some(600_000)).await;
    std::fs::remove_file(gone).unwrap();
    let batch = under.job(&ids[0]).await.batch;
    under.engine.start_now(&batch).await.unwrap();
    assert_eq!(under.ends(&ids[0]).await, State::NeedsAttention(Cause::SourceMissing));
    assert_eq!(under.ends(&ids[1]).await, State::Verified);
}

#[tokio::test]
async fn no_part_of_a_file_that_has_changed_is_begun() {
    let mut rig = rig().await;
    rig.bounds.parts_per_job = 1;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.storage.came_in(1).await;
    write(&rig, &[7; 5_000]);
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::SourceChanged));
    assert_eq!(rig.vendor.storage.puts().len(), 1, "the second part would be of another file");
}

#[tokio::test]
async fn no_second_attempt_is_made_with_a_file_that_has_changed() {
    let rig = rig().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    rig.vendor.storage.judge(|_| crate::storage::Reply::No(500, "", "InternalError"));
    let id = under.add_one(rig.file("a", 1_000)).await;
    rig.vendor.storage.came_in(1).await;
    write(&rig, &[7; 1_000]);
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::SourceChanged));
    assert_eq!(rig.vendor.storage.puts().len(), 1);
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_being_confirmed_is_not_called_verified() {
    let rig = rig().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 2_000)).await;
    rig.vendor.storage.came_in(2).await;
    rig.vendor.shut();
    rig.vendor.storage.open();
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Complete(_))).await;
    write(&rig, &[7; 2_000]);
    rig.vendor.open();
    // What arrived was on disk, but no longer is.
    assert_eq!(under.ends(&id).await, State::Uploaded);
}
