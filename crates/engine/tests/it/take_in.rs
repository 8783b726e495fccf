//! Batches of many files: all or nothing, no matter how often they are requested.

use std::time::Duration;

use partway_engine::{BatchId, EngineEvent, scan};

use crate::rig::{Rig, Under};

/// `count` empty files, all the same one on disk.
fn many(rig: &Rig, count: usize) -> scan::Intake {
    let one = scan::look(&[rig.file("a", 0)]);
    let named = |number: usize| scan::Found { name: number.to_string(), ..one.files[0].clone() };
    scan::Intake { files: (0..count).map(named).collect(), ..scan::Intake::default() }
}

#[tokio::test]
async fn many_files_come_in_by_several_commits_in_their_order_and_are_told_of_once() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let mut happened = under.engine.follow();
    let (batch, jobs) = under.take_in(many(&rig, 2_500), Some(60_000)).await;
    assert!(batch.starts_at.is_some());
    assert!(jobs.iter().zip(0..).all(|(job, number): (_, u32)| job.name == number.to_string()));
    assert!(jobs.windows(2).all(|two| two[0].position < two[1].position));
    let counting = under.engine.counting_down().await.unwrap();
    assert_eq!(counting.iter().map(|(_, count)| count.files).collect::<Vec<_>>(), [2_500]);
    let EngineEvent::Added { jobs, .. } = happened.recv().await.unwrap() else {
        unreachable!("nothing else")
    };
    assert_eq!(jobs.len(), 2_500);
    assert_eq!(under.engine.undo(&batch.id).await.unwrap(), 2_500);
}

#[tokio::test]
async fn who_goes_away_while_files_come_in_and_asks_again_gets_them_all_once() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let id = BatchId::new();
    let ask = || under.engine.add_as(id.clone(), many(&rig, 2_500), &under.to, None, Some(60_000));
    tokio::select! {
        biased;
        _ = ask() => unreachable!("not at the first look"),
        () = std::future::ready(()) => {}
    }
    let (again, more) = tokio::join!(ask(), ask());
    for (_, jobs) in [again.unwrap(), more.unwrap()] {
        assert_eq!(jobs.len(), 2_500);
    }
    assert_eq!(under.engine.undo(&id).await.unwrap(), 2_500);
}

#[tokio::test]
async fn a_batch_that_was_not_in_when_the_process_ended_was_never_there() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let id = BatchId::new();
    let ask = |under: &Under| {
        let (engine, to, files) = (under.engine.clone(), under.to.clone(), many(&rig, 3));
        let id = id.clone();
        async move { engine.add_as(id, files, &to, None, Some(60_000)).await.unwrap().1 }
    };
    assert_eq!(ask(&under).await.len(), 3);
    under.engine.close(Duration::ZERO).await;
    let rows = rusqlite::Connection::open(rig.data().join("journal.db")).unwrap();
    rows.execute("UPDATE batch SET expected = 2500", []).unwrap();
    drop(rows);

    let hands = std::sync::Arc::new(crate::vendor::Way(std::sync::Arc::clone(&rig.vendor)));
    let opened = rig.try_open(hands).await.unwrap();
    assert_eq!(opened.unfinished, []);
    let under = Under::open(opened.engine).await;
    assert!(under.engine.taken_in(&id).await.unwrap().is_none());
    assert_eq!(ask(&under).await.len(), 3, "asked again it is taken in");
}
