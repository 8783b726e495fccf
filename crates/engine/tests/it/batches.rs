//! What can be done with a new batch before it starts, and how its end is reported.

use std::time::Duration;

use partway_core::{Cause, Hold, RetryClass, State};
use partway_engine::{EngineEvent, Refusal, Which};

use crate::rig::{Rig, destination};
use crate::vendor::failure;

#[tokio::test]
async fn a_countdown_ends_by_itself_and_not_before() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let (batch, ids) = under.add(&[rig.file("a", 10), rig.file("b", 10)], Some(60_000)).await;
    let (counting, count) = under.engine.counting_down().await.unwrap().remove(0);
    assert_eq!((counting.id, count.files, count.size), (batch.id, 2, 20));
    assert_eq!(rig.vendor.asked(), [], "nothing starts during the countdown");
    rig.clock.forward(Duration::from_secs(61));
    for id in &ids {
        assert_eq!(under.ends(id).await, State::Verified);
    }
    assert!(under.engine.counting_down().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_batch_that_is_taken_back_was_never_there() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let (batch, ids) = under.add(&[rig.file("a", 10)], Some(60_000)).await;
    assert_eq!(under.engine.undo(&batch.id).await.unwrap(), 1);
    assert!(matches!(under.engine.job(&ids[0]).await, Err(Refusal::NotThere(_))));
    assert!(under.engine.counting_down().await.unwrap().is_empty());
    assert!(matches!(under.engine.undo(&batch.id).await, Err(Refusal::NotNow(_))));
}

#[tokio::test]
async fn once_started_it_is_neither_taken_back_nor_sent_elsewhere() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let (batch, ids) = under.add(&[rig.file("a", 10)], Some(60_000)).await;
    under.engine.start_now(&batch.id).await.unwrap();
    assert_eq!(under.ends(&ids[0]).await, State::Verified);
    assert!(matches!(under.engine.undo(&batch.id).await, Err(Refusal::NotNow(_))));
    assert!(matches!(under.engine.redirect(&batch.id, &under.to, None, 5).await, Err(Refusal::NotNow(_))));
    assert!(matches!(under.engine.set_countdown(&batch.id, None).await, Err(Refusal::NotNow(_))));
}

#[tokio::test]
async fn a_batch_sent_elsewhere_takes_the_other_destinations_folder_below_which_its_own_folders_stay() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let mut other = destination("Fleet");
    other.fields.folder = Some("/raw/".into());
    other.fields.tags = vec!["fleet".into()];
    under.engine.add_destination(&other).await.unwrap();
    let card = rig.folder.path().join("card/clips");
    std::fs::create_dir_all(&card).unwrap();
    std::fs::write(card.join("a.mov"), "a").unwrap();
    let (batch, ids) = under.add(&[rig.folder.path().join("card")], Some(60_000)).await;
    assert_eq!(under.job(&ids[0]).await.fields.folder.as_deref(), Some("card/clips"));

    under.engine.redirect(&batch.id, &other.id, None, 90_000).await.unwrap();
    let job = under.job(&ids[0]).await;
    assert_eq!(
        (job.destination.clone(), job.fields.folder.as_deref()),
        (other.id.clone(), Some("raw/card/clips"))
    );
    assert_eq!(job.fields.tags, ["fleet"]);
    under.engine.redirect(&batch.id, &other.id, Some("chosen".into()), 90_000).await.unwrap();
    assert_eq!(under.job(&ids[0]).await.fields.folder.as_deref(), Some("chosen/card/clips"));

    // Each change restarted the countdown.
    rig.clock.forward(Duration::from_secs(61));
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(rig.vendor.asked(), []);
    rig.clock.forward(Duration::from_secs(30));
    assert_eq!(under.ends(&ids[0]).await, State::Verified);
    let unknown = under.engine.redirect(&batch.id, &destination("nowhere").id, None, 5).await;
    assert!(matches!(unknown, Err(Refusal::NotThere(_))));
}

#[tokio::test]
async fn while_its_panel_is_open_a_batch_waits() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let (batch, ids) = under.add(&[rig.file("a", 10)], Some(1_000)).await;
    under.engine.set_countdown(&batch.id, None).await.unwrap();
    rig.clock.forward(Duration::from_secs(3600));
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(under.job(&ids[0]).await.holds.contains(Hold::Countdown));
    under.engine.set_countdown(&batch.id, Some(5_000)).await.unwrap();
    rig.clock.forward(Duration::from_secs(6));
    assert_eq!(under.ends(&ids[0]).await, State::Verified);
}

#[tokio::test]
async fn the_end_of_a_batch_is_told_once_and_again_after_another_try() {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.start.push_back(failure(RetryClass::Refused, Cause::QuotaRefused)));
    let under = rig.open().await;
    let mut happened = under.engine.follow();
    let (_, ids) = under.add(&[rig.file("a", 10), rig.file("b", 10)], None).await;
    let mut next_end = async || loop {
        if let EngineEvent::BatchFinished { count, .. } = happened.recv().await.unwrap() {
            return count;
        }
    };
    let count = next_end().await;
    assert_eq!((count.files, count.verified, count.attention, count.open()), (2, 1, 1, 0));
    under.engine.retry(&Which::Open).await.unwrap();
    let count = next_end().await;
    assert_eq!((count.verified, count.attention), (2, 0));
    assert_eq!(under.ends(&ids[1]).await, State::Verified);
}

#[tokio::test]
async fn a_destination_that_is_needed_stays_and_a_removed_one_keeps_its_name() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    assert!(matches!(under.engine.add_destination(&destination("ACME")).await, Err(Refusal::NameTaken(_))));
    let (batch, ids) = under.add(&[rig.file("a", 10)], Some(60_000)).await;
    let refused = under.engine.remove_destination(&under.to).await.unwrap_err().to_string();
    assert_eq!(refused, "1 file is not through yet. Let it finish, or cancel it first.");
    under.engine.start_now(&batch.id).await.unwrap();
    assert_eq!(under.ends(&ids[0]).await, State::Verified);
    under.engine.remove_destination(&under.to).await.unwrap();
    assert!(under.engine.destinations().await.unwrap().is_empty());
    assert_eq!(under.engine.destination(&under.to).await.unwrap().unwrap().name, "Acme");
}
