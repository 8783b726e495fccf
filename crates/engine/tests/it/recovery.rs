//! The process ended, in order or not: everything resumes from part way.

use std::time::Duration;

use partway_core::{Hold, State};
use partway_engine::Which;
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::rig::{Rig, bytes};
use crate::vendor::Asked;

/// Receipts in the journal, by session and part.
fn receipts(rig: &Rig) -> Vec<(String, u32)> {
    let conn = Connection::open(rig.data().join("journal.db")).unwrap();
    let mut rows =
        conn.prepare("SELECT session.body, part FROM receipt JOIN session ON session.id = session").unwrap();
    rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn killed_again_and_again_no_confirmed_part_is_sent_twice() {
    let outside = Runtime::new().unwrap();
    let mut rig = outside.block_on(Rig::new());
    rig.bounds.parts_per_job = 3;
    let mut added = None;
    let mut confirmed = Vec::new();
    for kill in 1..=6 {
        // A dropped runtime takes everything down in mid-air, as a kill does; the storage outside lives on.
        let inside = Runtime::new().unwrap();
        let before = rig.vendor.storage.puts().len();
        inside.block_on(async {
            let under = rig.open().await;
            if added.is_none() {
                added = Some(under.add_one(rig.file("a", 150_000)).await);
            }
            // A fast machine may be done before the last kill.
            tokio::select! {
                () = rig.vendor.storage.came_in(before + 1 + kill) => {}
                _ = under.ends(added.as_ref().unwrap()) => {}
            }
        });
        inside.shutdown_timeout(Duration::from_secs(5));
        for put in &rig.vendor.storage.puts()[before..] {
            assert!(
                !confirmed.contains(&(put.session.clone(), put.part)),
                "part {} was confirmed before",
                put.part
            );
        }
        confirmed = receipts(&rig);
    }
    let before = rig.vendor.storage.puts().len();
    outside.block_on(async {
        let under = rig.open().await;
        assert_eq!(under.ends(&added.unwrap()).await, State::Verified);
    });
    assert!(
        rig.vendor.storage.puts()[before..]
            .iter()
            .all(|put| !confirmed.contains(&(put.session.clone(), put.part)))
    );
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Start(_))), 1);
    assert!(rig.vendor.storage.object("1") == bytes(150_000));
}

#[tokio::test]
async fn from_every_state_in_which_a_journal_can_be_left_a_job_comes_to_its_end() {
    for state in ["waiting", "checking", "uploading", "finishing", "cancelling"] {
        for hold in [None, Some("offline"), Some("throttled")] {
            let rig = Rig::new().await;
            let under = rig.open().await;
            rig.vendor.storage.shut();
            let id = under.add_one(rig.file("a", 3_000)).await;
            rig.vendor.storage.came_in(3).await;
            under.engine.close(Duration::ZERO).await;
            rig.vendor.storage.open();
            let conn = Connection::open(rig.data().join("journal.db")).unwrap();
            conn.execute("UPDATE job SET state = ?1", [state]).unwrap();
            if let Some(hold) = hold.filter(|_| state != "cancelling") {
                conn.execute("INSERT INTO hold(job, hold, since) VALUES (?1, ?2, 0)", [&id.0, hold]).unwrap();
            }
            drop(conn);

            let under = rig.open().await;
            let wanted = if state == "cancelling" { State::Cancelled } else { State::Verified };
            assert_eq!(under.ends(&id).await, wanted, "{state} {hold:?}");
        }
    }
}

#[tokio::test]
async fn what_a_person_put_on_a_job_outlives_the_process() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 3_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.pause(&Which::Open).await.unwrap();
    under.engine.close(Duration::ZERO).await;
    rig.vendor.storage.open();
    let under = rig.open().await;
    let puts = rig.vendor.storage.puts().len();
    let second = under.add_one(rig.file("b", 10)).await;
    assert_eq!(under.ends(&second).await, State::Verified);
    assert!(under.job(&id).await.holds.contains(Hold::User));
    assert_eq!(rig.vendor.storage.puts().len(), puts + 1, "the paused one sent nothing");
    under.engine.resume(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
}

#[tokio::test]
async fn an_orderly_end_lets_parts_in_flight_end_within_the_grace() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 2;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.storage.came_in(2).await;
    let storage = std::sync::Arc::clone(&rig.vendor.storage);
    tokio::join!(under.engine.close(Duration::from_secs(20)), async {
        tokio::task::yield_now().await;
        storage.open();
    });
    assert_eq!(receipts(&rig).len(), 2);
    assert_eq!(rig.vendor.storage.puts().len(), 2, "and begins no new one");
    let under = rig.open().await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), 5);
}

#[tokio::test]
async fn after_the_end_nothing_can_be_asked_any_more() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    under.engine.close(Duration::ZERO).await;
    assert!(matches!(under.engine.sums().await, Err(partway_engine::JournalError::Closed)));
}

#[tokio::test]
async fn a_journal_that_refuses_a_receipt_for_a_while_loses_no_job() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let conn = Connection::open(rig.data().join("journal.db")).unwrap();
    conn.busy_timeout(Duration::from_secs(10)).unwrap();
    conn.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON receipt BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    )
    .unwrap();
    let id = under.add_one(rig.file("a", 3_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.rests(&id).await;
    assert_eq!(under.job(&id).await.parts_confirmed, 0, "what the journal does not know is not confirmed");
    conn.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(under.job(&id).await.confirmed, 3_000);
}
