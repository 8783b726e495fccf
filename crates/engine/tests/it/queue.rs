//! Which jobs run, how many at once, and in which order.

use std::time::Duration;

use partway_core::State;
use partway_engine::{Bounds, EngineEvent, Show};

use crate::rig::{Rig, bytes};
use crate::vendor::Asked;

#[tokio::test]
async fn a_file_arrives_byte_for_byte_and_is_verified() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let id = under.add_one(rig.file("cut.mov", 12_345)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(rig.vendor.storage.object("1") == bytes(12_345));
    let job = under.job(&id).await;
    assert_eq!((job.confirmed, job.parts_confirmed), (12_345, 13));
    assert!(job.checksum.is_some_and(|checksum| checksum.ends_with("-13")));
}

#[tokio::test]
async fn an_empty_file_arrives_too() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let id = under.add_one(rig.file("empty", 0)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Complete(_))), 1);
}

#[tokio::test]
async fn no_more_jobs_run_than_are_permitted_and_they_go_in_order() {
    let mut rig = Rig::new().await;
    rig.bounds = Bounds { jobs: 2, ..Bounds::default() };
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let files: Vec<_> = (0..6).map(|n| rig.file(&format!("{n}.bin"), 10)).collect();
    let (_, ids) = under.add(&files, None).await;

    // Two sessions are open and their parts wait for an answer: a third would be visible at the vendor.
    rig.vendor.storage.came_in(2).await;
    assert_eq!(under.engine.live().len(), 2);
    assert_eq!(rig.vendor.asked().len(), 2);
    rig.vendor.storage.open();
    for id in &ids {
        assert_eq!(under.ends(id).await, State::Verified);
    }

    let started: Vec<_> = rig
        .vendor
        .asked()
        .into_iter()
        .filter_map(|asked| if let Asked::Start(name) = asked { Some(name) } else { None })
        .collect();
    // Two running at the same time may swap places, but never with those behind them.
    for (place, name) in started.iter().enumerate() {
        let own: usize = name.trim_end_matches(".bin").parse().unwrap();
        assert!(own.abs_diff(place) <= 1, "{started:?}");
    }
}

#[tokio::test]
async fn no_more_parts_go_at_once_than_are_permitted() {
    let mut rig = Rig::new().await;
    rig.bounds = Bounds { jobs: 4, parts: 3, parts_per_host: 8, parts_per_job: 8, parts_at_first: 8 };
    let under = rig.open().await;
    let files: Vec<_> = (0..4).map(|n| rig.file(&format!("{n}"), 9_000)).collect();
    let (_, ids) = under.add(&files, None).await;
    for id in &ids {
        assert_eq!(under.ends(id).await, State::Verified);
    }
    assert!(rig.vendor.storage.most_open() <= 3, "{} connections", rig.vendor.storage.most_open());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_files_are_shown_at_once_and_open_no_more_sessions_than_permitted() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let drop = rig.folder.path().join("drop");
    std::fs::create_dir(&drop).unwrap();
    for n in 0..2000 {
        std::fs::write(drop.join(format!("{n:04}")), "x").unwrap();
    }
    let mut happened = under.engine.follow();

    let (batch, ids) = under.add(&[drop], None).await;
    // What this reads does not grow with the queue: a test of the journal's list counts it.
    let shown = under.engine.window(Show::All, 0, 50).await.unwrap();
    assert_eq!((ids.len(), shown.len()), (2000, 50));
    // One message for the whole batch, not one per file.
    assert!(matches!(happened.recv().await, Ok(EngineEvent::Added { jobs, .. }) if jobs.len() == 2000));
    rig.vendor.storage.came_in(8).await;
    assert_eq!(rig.vendor.asked().len(), 8, "eight permits, eight sessions");
    assert_eq!(under.engine.jobs_of(&batch.id).await.unwrap(), ids);
    assert_eq!(under.engine.pause(&partway_engine::Which::Open).await.unwrap(), 2000);
    rig.vendor.storage.open();
    for id in &ids[..8] {
        under.rests(id).await;
    }
    assert_eq!(rig.vendor.count(|asked| matches!(asked, Asked::Start(_))), 8, "nothing took their places");
    under.engine.close(Duration::from_secs(1)).await;
}
