//! Files sent from watched folders and then overwritten with their old time, only touched, or given a second
//! name.
#![cfg(unix)]

use std::os::unix::fs::{FileExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::time::Duration;

use partway_api::{Command, JobLine, RawPath, Request, Selection};

use crate::rig::{Rig, list, tell};
use crate::watched::{folder, name, state, verified, wait_for, watch, watched};

/// Overwrites one byte in place and restores the modification time.
fn overwrite(path: &Path) {
    let before = std::fs::metadata(path).unwrap().modified().unwrap();
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.write_all_at(b"!", 7).unwrap();
    file.set_modified(before).unwrap();
}

fn names(jobs: &[JobLine]) -> Vec<String> {
    let mut names: Vec<_> = jobs.iter().map(name).collect();
    names.sort();
    names
}

/// The change time of a file in the ledger.
fn noted(rig: &Rig, file: &str) -> Option<i64> {
    let conn = rusqlite::Connection::open(rig.data().join("journal.db")).unwrap();
    let sql = "SELECT changed_ns FROM watched_file WHERE path = CAST(?1 AS BLOB)";
    conn.query_row(sql, [file], |row| row.get(0)).unwrap()
}

fn changed(path: &Path) -> Option<i64> {
    partway_engine::source::identify(path).unwrap().changed.map(|changed| changed.0)
}

/// Waits until a touched file was read again and found unchanged.
async fn compared(rig: &Rig, root: &Path, file: &str) {
    wait_for("the comparison", async || (noted(rig, file) == changed(&root.join(file))).then_some(())).await;
}

#[tokio::test]
async fn a_file_that_is_overwritten_with_its_time_put_back_goes_again_and_a_touched_one_does_not() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let path = folder(&rig, "in");
    std::fs::write(path.join("old.mov"), vec![b'o'; 3000]).unwrap();
    watch(&app, &path, None, false).await.unwrap();
    for name in ["a.mov", "b.mov"] {
        std::fs::write(path.join(name), vec![b'a'; 3000]).unwrap();
    }
    verified(&app, 2).await;
    for name in ["a.mov", "b.mov", "old.mov"] {
        std::fs::set_permissions(path.join(name), std::fs::Permissions::from_mode(0o640)).unwrap();
    }
    compared(&rig, &path, "a.mov").await;
    compared(&rig, &path, "b.mov").await;
    overwrite(&path.join("b.mov"));
    let jobs = verified(&app, 3).await;
    assert_eq!(names(&jobs), ["a.mov", "b.mov", "b.mov"], "neither a.mov nor what lay there");
    // Removed from the list is not removed from the ledger.
    tell(&app, Command::Remove { jobs: Selection::All }).await.unwrap();
    assert!(list(&app).await.is_empty());
    std::fs::set_permissions(path.join("a.mov"), std::fs::Permissions::from_mode(0o600)).unwrap();
    compared(&rig, &path, "a.mov").await;
    overwrite(&path.join("a.mov"));
    assert_eq!(names(&verified(&app, 1).await), ["a.mov"]);
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn every_name_of_a_file_goes_and_a_new_name_alone_does_not() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let path = folder(&rig, "in");
    watch(&app, &path, None, true).await.unwrap();
    std::fs::create_dir(path.join("day1")).unwrap();
    for name in ["a.mov", "b.mov"] {
        std::fs::write(path.join("day1").join(name), name.repeat(500)).unwrap();
    }
    verified(&app, 2).await;
    // As `cp -al day1 day2` does it.
    std::fs::create_dir(path.join("day2")).unwrap();
    for name in ["a.mov", "b.mov"] {
        std::fs::hard_link(path.join("day1").join(name), path.join("day2").join(name)).unwrap();
    }
    let jobs = verified(&app, 4).await;
    assert_eq!(jobs.iter().filter(|job| job.file.contains("/day2/")).count(), 2);
    // Neither the original names, which that touched, nor a merely renamed file are sent.
    compared(&rig, &path, "day1/a.mov").await;
    std::fs::rename(path.join("day1/b.mov"), path.join("day1/c.mov")).unwrap();
    compared(&rig, &path, "day2/b.mov").await;
    wait_for("the new name", async || {
        let conn = rusqlite::Connection::open(rig.data().join("journal.db")).unwrap();
        let sql = "SELECT count(*) FROM watched_file WHERE path = CAST('day1/c.mov' AS BLOB)";
        conn.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap().eq(&1).then_some(())
    })
    .await;
    assert_eq!(list(&app).await.len(), 4);
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn second_names_of_what_lay_there_do_not_go_and_links_are_told() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let path = folder(&rig, "in");
    std::fs::write(path.join("old.mov"), "old").unwrap();
    std::fs::hard_link(path.join("old.mov"), path.join("older.mov")).unwrap();
    symlink(path.join("old.mov"), path.join("link.mov")).unwrap();
    watch(&app, &path, None, false).await.unwrap();
    state(&app, "Watching · 1 link in it is not followed").await;
    // Once a later file shows up, a walk has completed.
    std::fs::write(path.join("new.mov"), "new").unwrap();
    assert_eq!(names(&verified(&app, 1).await), ["new.mov"]);
    std::fs::hard_link(path.join("old.mov"), path.join("third.mov")).unwrap();
    assert_eq!(names(&verified(&app, 2).await), ["new.mov", "third.mov"]);
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn a_touched_file_is_moved_when_it_is_known_to_be_what_went() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let (path, done) = (folder(&rig, "in"), folder(&rig, "done"));
    watch(&app, &path, None, true).await.unwrap();
    std::fs::write(path.join("a.mov"), vec![b'a'; 3000]).unwrap();
    verified(&app, 1).await;
    std::fs::set_permissions(path.join("a.mov"), std::fs::Permissions::from_mode(0o640)).unwrap();
    compared(&rig, &path, "a.mov").await;
    let one = watched(&app).await.remove(0);
    let done_there = RawPath::from_bytes(&partway_engine::paths::to_bytes(&done));
    app.ask(Request::MoveWatched { id: one.id, done: done_there }).await.unwrap();
    wait_for("the move", async || done.join("a.mov").exists().then_some(())).await;
    // Moved back, it is the same file, though its change time is later.
    std::fs::rename(done.join("a.mov"), path.join("a.mov")).unwrap();
    compared(&rig, &path, "a.mov").await;
    assert_eq!(list(&app).await.len(), 1);
    app.close(Duration::ZERO).await;
}
