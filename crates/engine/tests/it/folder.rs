//! The data folder: who may read it, and what happens to an unreadable journal.

use std::time::Duration;

use partway_core::State;
use partway_engine::JournalError;

use crate::rig::{Rig, Under};
use crate::vendor::Way;

async fn reopen(rig: &Rig) -> Result<partway_engine::OpenEngine, JournalError> {
    rig.try_open(std::sync::Arc::new(Way(std::sync::Arc::clone(&rig.vendor)))).await
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: std::path::PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let rig = Rig::new().await;
    std::fs::create_dir(rig.data()).unwrap();
    std::fs::set_permissions(rig.data(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 10)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(mode(rig.data()), 0o700);
    let mut files = 0;
    for entry in std::fs::read_dir(rig.data()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(path.clone()), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 2, "the journal and its log");
}

#[tokio::test]
async fn a_damaged_journal_is_set_aside_whole_and_a_new_one_begun() {
    for damage in [
        "not a journal at all, but long enough to be one".repeat(40).into_bytes(),
        vec![0xff; 8192],
        Vec::new(),
    ] {
        let rig = Rig::new().await;
        std::fs::create_dir(rig.data()).unwrap();
        std::fs::write(rig.data().join("journal.db"), &damage).unwrap();
        let opened = reopen(&rig).await.unwrap();
        let aside = opened.set_aside.expect("it says where it was put");
        assert!(std::fs::read(&aside).unwrap() == damage, "nothing of it is deleted");
        let under = Under::open(opened.engine).await;
        let id = under.add_one(rig.file("a", 10)).await;
        assert_eq!(under.ends(&id).await, State::Verified);
        under.engine.close(Duration::ZERO).await;

        // Reported at every start for as long as it is there: the first front end may have ended unnoticed.
        let again = reopen(&rig).await.unwrap();
        assert_eq!(again.set_aside.as_ref(), Some(&aside));
        again.engine.close(Duration::ZERO).await;
        std::fs::remove_file(&aside).unwrap();
        let gone = reopen(&rig).await.unwrap();
        assert_eq!(gone.set_aside, None);
        gone.engine.close(Duration::ZERO).await;
    }
}

#[tokio::test]
async fn a_first_start_that_ended_half_way_leaves_nothing_that_is_told_of() {
    let rig = Rig::new().await;
    std::fs::create_dir(rig.data()).unwrap();
    for half_made in ["journal.new", "journal.new-wal"] {
        std::fs::write(rig.data().join(half_made), "half of something").unwrap();
    }
    let opened = reopen(&rig).await.unwrap();
    assert_eq!(opened.set_aside, None);
    opened.engine.close(Duration::ZERO).await;
    let opened = reopen(&rig).await.unwrap();
    assert_eq!(opened.set_aside, None);
    opened.engine.close(Duration::ZERO).await;
    let mut left: Vec<_> =
        std::fs::read_dir(rig.data()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.retain(|name| name != "journal.db");
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_log_without_its_journal_is_set_aside_and_told_of() {
    let rig = Rig::new().await;
    std::fs::create_dir(rig.data()).unwrap();
    std::fs::write(rig.data().join("journal.db-wal"), "what nobody else has").unwrap();
    let opened = reopen(&rig).await.unwrap();
    let aside = opened.set_aside;
    assert!(aside.is_some());
    opened.engine.close(Duration::ZERO).await;
    let opened = reopen(&rig).await.unwrap();
    assert_eq!(opened.set_aside, aside);
    opened.engine.close(Duration::ZERO).await;
    let kept = std::fs::read_dir(rig.data()).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<_> = kept.filter(|path| path.to_string_lossy().ends_with(".db-wal")).collect();
    assert!(matches!(&kept[..], [log] if std::fs::read(log).unwrap() == b"what nobody else has"), "{kept:?}");
}

#[tokio::test]
async fn a_page_that_was_overwritten_is_noticed() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let files: Vec<_> = (0..50).map(|n| rig.file(&format!("{n}"), 10)).collect();
    under.add(&files, Some(600_000)).await;
    under.engine.close(Duration::ZERO).await;
    let path = rig.data().join("journal.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&path, &bytes).unwrap();
    assert!(reopen(&rig).await.unwrap().set_aside.is_some());
}

#[tokio::test]
async fn a_journal_of_a_newer_version_is_refused_and_left_as_it_is() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    under.engine.close(Duration::ZERO).await;
    let path = rig.data().join("journal.db");
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch(
        "CREATE TABLE of_the_future(x); PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)",
    )
    .unwrap();
    drop(conn);
    let before = std::fs::read(&path).unwrap();
    let Err(refused) = reopen(&rig).await else { panic!("it was opened") };
    assert!(matches!(refused, JournalError::Newer { found: 99, .. }));
    assert!(refused.to_string().contains("install the newer version"));
    assert!(std::fs::read(&path).unwrap() == before);
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_comes_back_to_the_letter_also_where_it_is_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let rig = Rig::new().await;
    let under = rig.open().await;
    let path = rig.folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9\nnew'line.mov"));
    std::fs::write(&path, "x").unwrap();
    let id = under.add_one(path.clone()).await;
    assert_eq!(under.job(&id).await.path, path);
    assert_eq!(under.ends(&id).await, State::Verified);
}
