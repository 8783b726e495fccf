//! Files whose change time alone moves: overwritten with the modification time restored, or merely touched.
#![cfg(unix)]

use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use partway_core::{Cause, State};
use partway_engine::{JobId, Log, Which};
#[cfg(target_os = "linux")]
use partway_engine::{WhyLeftOut, scan};

use crate::rig::{Rig, Under, bytes};
use crate::vendor::Asked;

async fn rig() -> Rig {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 3;
    rig
}

/// Overwrites one byte in place and restores the modification time, as VeraCrypt and music taggers do.
fn overwrite(path: &Path, at: u64) {
    let before = std::fs::metadata(path).unwrap();
    let file = std::fs::File::options().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 1], at).unwrap();
    file.set_modified(before.modified().unwrap()).unwrap();
    let after = std::fs::metadata(path).unwrap();
    assert_eq!((after.len(), after.modified().unwrap()), (before.len(), before.modified().unwrap()));
}

fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Everything that moves the change time without changing a byte.
fn touch_in_every_way(path: &Path) {
    chmod(path, 0o640);
    let (other, away) = (path.with_extension("link"), path.with_extension("away"));
    std::fs::hard_link(path, &other).unwrap();
    std::fs::remove_file(&other).unwrap();
    std::fs::rename(path, &away).unwrap();
    std::fs::rename(&away, path).unwrap();
}

/// A job of five parts, three of which were received and wait for their answer.
async fn in_mid_upload(rig: &Rig, under: &Under) -> (JobId, PathBuf) {
    let path = rig.file("a", 5_000);
    rig.vendor.storage.shut();
    let id = under.add_one(path.clone()).await;
    rig.vendor.storage.came_in(3).await;
    (id, path)
}

/// The same, paused once they are confirmed.
async fn three_of_five(rig: &Rig, under: &Under) -> (JobId, PathBuf) {
    let (id, path) = in_mid_upload(rig, under).await;
    under.engine.pause(&Which::Open).await.unwrap();
    rig.vendor.storage.open();
    under.rests(&id).await;
    assert_eq!(under.job(&id).await.parts_confirmed, 3);
    (id, path)
}

#[tokio::test]
async fn a_file_overwritten_in_mid_upload_with_its_time_put_back_is_not_completed_as_it_was() {
    let rig = rig().await;
    let under = rig.open().await;
    let (id, path) = in_mid_upload(&rig, &under).await;
    overwrite(&path, 10);
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::SourceChanged));
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Complete(_))), 0);
    under.engine.retry(&Which::Open).await.unwrap();
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
    assert!(rig.vendor.storage.object("1") == std::fs::read(&path).unwrap());
    assert_eq!(rig.vendor.storage.puts().len(), 6, "only the part that differs went again");
}

#[tokio::test]
async fn rights_links_and_names_that_change_in_mid_upload_cost_nothing_and_are_verified() {
    let rig = rig().await;
    let under = rig.open().await;
    let (id, path) = in_mid_upload(&rig, &under).await;
    touch_in_every_way(&path);
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), 5);
}

#[tokio::test]
async fn a_file_overwritten_during_a_pause_with_its_time_put_back_sends_only_what_differs() {
    let rig = rig().await;
    let under = rig.open().await;
    let (id, path) = three_of_five(&rig, &under).await;
    overwrite(&path, 1_500);
    overwrite(&path, 4_500);
    under.engine.resume(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(under.log(&id).await.contains(&Log::SourceCompared { same: 2, differ: 1 }));
    assert_eq!(rig.vendor.storage.puts().len(), 3 + 3, "parts 2, 4 and 5");
    assert!(rig.vendor.storage.object("1") == std::fs::read(&path).unwrap());
}

#[tokio::test]
async fn a_file_touched_during_a_pause_is_compared_and_nothing_of_it_goes_again() {
    let rig = rig().await;
    let under = rig.open().await;
    let (id, path) = three_of_five(&rig, &under).await;
    touch_in_every_way(&path);
    under.engine.resume(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), 5);
}

#[tokio::test]
async fn a_journal_that_never_noted_the_time_of_the_last_change_sends_nothing_again_for_it() {
    let rig = rig().await;
    let under = rig.open().await;
    let (id, _) = three_of_five(&rig, &under).await;
    let journal = rusqlite::Connection::open(rig.data().join("journal.db")).unwrap();
    journal.execute("UPDATE job SET changed_ns = NULL", []).unwrap();
    under.engine.resume(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), 5);
    assert!(under.job(&id).await.identity.changed.is_some());
}

#[tokio::test]
async fn what_happens_while_the_upload_is_being_confirmed_is_read_again_before_the_word_verified() {
    for (overwritten, state) in [(true, State::Uploaded), (false, State::Verified)] {
        let rig = rig().await;
        let under = rig.open().await;
        let path = rig.file("a", 2_000);
        rig.vendor.storage.shut();
        let id = under.add_one(path.clone()).await;
        rig.vendor.storage.came_in(2).await;
        rig.vendor.shut();
        rig.vendor.storage.open();
        rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Complete(_))).await;
        if overwritten {
            overwrite(&path, 1_999);
        } else {
            touch_in_every_way(&path);
        }
        rig.vendor.open();
        assert_eq!(under.ends(&id).await, state);
    }
}

#[tokio::test]
async fn a_file_that_is_touched_without_end_arrives_all_the_same() {
    let rig = rig().await;
    let under = rig.open().await;
    let path = rig.file("a", 5_000);
    let over = Arc::new(AtomicBool::new(false));
    let (touched, seen) = (path.clone(), Arc::clone(&over));
    let touching = std::thread::spawn(move || {
        let mut mode = 0o600;
        while !seen.load(Ordering::Relaxed) {
            mode ^= 0o040;
            chmod(&touched, mode);
        }
    });
    let id = under.add_one(path).await;
    let state = under.ends(&id).await;
    over.store(true, Ordering::Relaxed);
    touching.join().unwrap();
    // Verified if one of the readings was undisturbed.
    assert!(state.is_end(), "{state:?}");
    assert_eq!(rig.vendor.storage.puts().len(), 5);
}

/// A time near the start of a year; precision does not matter.
fn year(year: i64) -> SystemTime {
    let seconds = Duration::from_secs((year - 1970).unsigned_abs() * 31_556_952);
    // With a fraction of a second, so that truncation shows.
    let part = Duration::from_nanos(123_456_700);
    if year < 1970 { UNIX_EPOCH - seconds + part } else { UNIX_EPOCH + seconds + part }
}

/// Sends files with times in these years, pausing midway: all are verified, and none is ever taken for
/// another one.
async fn sends_files_of(years: &[i64], folder: &Path) {
    let rig = rig().await;
    let under = rig.open().await;
    for (index, of) in years.iter().enumerate() {
        let path = folder.join(format!("{of}"));
        std::fs::write(&path, bytes(5_000)).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(year(*of)).unwrap();
        let before = rig.vendor.storage.puts().len();
        rig.vendor.storage.shut();
        let id = under.add_one(path.clone()).await;
        rig.vendor.storage.came_in(before + 3).await;
        under.engine.pause(&Which::Open).await.unwrap();
        rig.vendor.storage.open();
        under.rests(&id).await;
        under.engine.resume(&Which::Open).await.unwrap();
        assert_eq!(under.ends(&id).await, State::Verified, "{of}");
        assert_eq!(rig.vendor.storage.puts().len(), 5 * (index + 1), "{of}");
        let compared = under.log(&id).await.iter().any(|line| matches!(line, Log::SourceCompared { .. }));
        assert!(!compared, "{of} was taken for another file");
    }
}

#[tokio::test]
async fn files_of_every_year_that_a_disk_can_hold_are_verified() {
    let folder = tempfile::tempdir().unwrap();
    sends_files_of(&[1901, 1969, 1970, 2038, 2106, 2262, 2263, 2300, 2446], folder.path()).await;
}

/// Memory holds all 64 bits of seconds; disks hold fewer.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn files_of_years_that_no_disk_can_hold_are_verified() {
    let Ok(folder) = tempfile::tempdir_in("/dev/shm") else {
        println!("NOT RUN: there is no file system in memory");
        return;
    };
    sends_files_of(&[-200_000, 1, 1500, 1601, 1677, 2554, 10_000, 30_828, 250_000_000_000], folder.path())
        .await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_says_it_is_empty_and_is_not_is_named_and_never_verified() {
    let empty = tempfile::NamedTempFile::new().unwrap();
    let made_while_read: PathBuf = "/proc/self/status".into();
    let found = scan::look(&[made_while_read.clone(), empty.path().to_owned()]);
    assert_eq!(found.files.len(), 1, "an empty file goes");
    let why: Vec<_> = found.left_out.iter().map(|left| left.why.clone()).collect();
    assert_eq!(why, [WhyLeftOut::NotItsSize(0)]);
    assert_eq!(scan::sift(&made_while_read), Err(WhyLeftOut::NotItsSize(0)));

    // One that turned into such a file after it was taken in.
    let rig = rig().await;
    let under = rig.open().await;
    let path = rig.file("a", 0);
    let (batch, ids) = under.add(std::slice::from_ref(&path), Some(600_000)).await;
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(&made_while_read, &path).unwrap();
    under.engine.start_now(&batch.id).await.unwrap();
    assert_eq!(under.ends(&ids[0]).await, State::NeedsAttention(Cause::NotItsSize { told: 0 }));
}

/// Files in `/sys` report a page and hold a line.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_says_more_than_can_be_read_is_told_as_such() {
    let path: PathBuf = "/sys/kernel/mm/transparent_hugepage/enabled".into();
    if !path.exists() {
        println!("NOT RUN: there is no such file here");
        return;
    }
    let rig = rig().await;
    let under = rig.open().await;
    let id = under.add_one(path).await;
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::NotItsSize { told: 4096 }));
}
