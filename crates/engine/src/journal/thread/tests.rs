//! Commits are grouped, answers follow them, and a failing task does not take others with it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use super::*;

fn lane(dir: &std::path::Path) -> (Lane, Arc<AtomicUsize>) {
    let mut conn = Connection::open(dir.join("db")).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t(n INTEGER PRIMARY KEY)").unwrap();
    let commits = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&commits);
    let counted = conn.commit_hook(Some(move || {
        count.fetch_add(1, Ordering::SeqCst);
        false
    }));
    counted.unwrap();
    (Lane::start("test", conn, true).unwrap(), commits)
}

fn insert(n: u32) -> impl FnOnce(&Connection) -> Result<u32> + Send + 'static {
    move |conn| {
        conn.execute("INSERT INTO t VALUES (?1)", [n])?;
        Ok(n)
    }
}

fn rows(dir: &std::path::Path) -> u32 {
    let conn = Connection::open(dir.join("db")).unwrap();
    conn.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
}

/// Holds the thread until the gate opens, so that later requests wait together.
async fn behind_a_gate(lane: &Lane) -> (Arc<Barrier>, tokio::task::JoinHandle<Result<()>>) {
    let gate = Arc::new(Barrier::new(2));
    let (own, lane) = (Arc::clone(&gate), lane.clone());
    let held = tokio::spawn(async move {
        lane.outside(move |_| {
            own.wait();
            Ok(())
        })
        .await
    });
    tokio::task::yield_now().await;
    (gate, held)
}

#[tokio::test]
async fn writes_that_wait_together_share_one_commit() {
    let dir = tempfile::tempdir().unwrap();
    let (lane, commits) = lane(dir.path());
    let (gate, held) = behind_a_gate(&lane).await;
    // Polled once each, so that all three hundred wait before the gate opens, however busy the machine.
    let mut tasks: Vec<_> = (0..300).map(|n| Box::pin(lane.run(insert(n)))).collect();
    std::future::poll_fn(|cx| {
        assert!(tasks.iter_mut().all(|task| task.as_mut().poll(cx).is_pending()));
        std::task::Poll::Ready(())
    })
    .await;
    gate.wait();
    held.await.unwrap().unwrap();
    for (n, task) in (0..).zip(tasks) {
        assert_eq!(task.await.unwrap(), n);
    }
    assert_eq!(commits.load(Ordering::SeqCst), 2, "256 and the rest");
    assert_eq!(rows(dir.path()), 300);
}

#[tokio::test]
async fn one_that_goes_wrong_takes_back_only_what_it_did_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (lane, commits) = lane(dir.path());
    let (gate, held) = behind_a_gate(&lane).await;
    let wrong = |conn: &Connection| -> Result<u32> {
        conn.execute("INSERT INTO t VALUES (100)", [])?;
        Err(JournalError::Damaged("it changed its mind".into()))
    };
    let open = async {
        tokio::task::yield_now().await;
        gate.wait();
    };
    let (first, second, third, ()) =
        tokio::join!(lane.run(insert(1)), lane.run(wrong), lane.run(insert(3)), open);
    held.await.unwrap().unwrap();
    assert_eq!((first.unwrap(), third.unwrap()), (1, 3));
    assert!(matches!(second, Err(JournalError::Damaged(_))));
    assert_eq!(commits.load(Ordering::SeqCst), 1);
    assert_eq!(rows(dir.path()), 2, "the row of the wrong one is gone");
}

#[tokio::test]
async fn an_answer_comes_only_after_the_commit() {
    let dir = tempfile::tempdir().unwrap();
    let (lane, _) = lane(dir.path());
    for n in 0..50 {
        lane.run(insert(n)).await.unwrap();
        // Another connection sees only what was committed.
        assert_eq!(rows(dir.path()), n + 1);
    }
}

#[tokio::test]
async fn a_commit_that_does_not_succeed_is_no_answer() {
    let dir = tempfile::tempdir().unwrap();
    let mut conn = Connection::open(dir.path().join("db")).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t(n INTEGER PRIMARY KEY)").unwrap();
    // A commit hook that returns `true` turns every COMMIT into a ROLLBACK.
    conn.commit_hook(Some(|| true)).unwrap();
    let lane = Lane::start("test", conn, true).unwrap();
    assert!(matches!(lane.run(insert(1)).await, Err(JournalError::Damaged(why)) if why.contains("commit")));
    assert_eq!(rows(dir.path()), 0);
}

#[tokio::test]
async fn a_write_stands_also_where_nobody_waits_for_its_answer() {
    let dir = tempfile::tempdir().unwrap();
    let (lane, _) = lane(dir.path());
    let (gate, held) = behind_a_gate(&lane).await;
    let asked = tokio::spawn({
        let lane = lane.clone();
        async move { lane.run(insert(1)).await }
    });
    tokio::task::yield_now().await;
    asked.abort();
    gate.wait();
    held.await.unwrap().unwrap();
    lane.close().await;
    assert_eq!(rows(dir.path()), 1);
    assert!(matches!(lane.run(insert(2)).await, Err(JournalError::Closed)));
}
