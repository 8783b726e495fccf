//! Files with the same name and target: distinguished before the first byte; and what happens if a name
//! turns out to be taken only at the end.

use std::path::PathBuf;

use partway_core::{Cause, FieldsChange, RetryClass, State};
use partway_engine::{JobId, Which};
use partway_provider::IfExists;

use crate::names::{starts, taken, waits};
use crate::rig::{Rig, Under};
use crate::vendor::{Asked, failure};

/// A destination with names, sending one file at a time, so that each but the first finds only the traces
/// of the others.
async fn rig() -> Rig {
    let mut rig = Rig::new().await;
    rig.bounds.jobs = 1;
    rig.vendor.script(|script| {
        script.names = true;
        script.capabilities.abort = true;
    });
    rig
}

/// `count` files called "a" in different folders.
fn alike(rig: &Rig, count: usize) -> Vec<PathBuf> {
    let place = |folder: usize| {
        std::fs::create_dir_all(rig.folder.path().join(folder.to_string())).unwrap();
        rig.file(&format!("{folder}/a"), 2_000 + folder)
    };
    (1..=count).map(place).collect()
}

/// Takes them in as one batch with that choice.
async fn batch(
    under: &Under,
    paths: &[PathBuf],
    how: Option<IfExists>,
) -> (partway_engine::BatchId, Vec<JobId>) {
    let (batch, ids) = under.add(paths, Some(60_000)).await;
    let which = Which::Batch(batch.id.clone());
    if how.is_some() {
        let change = FieldsChange { if_exists: how, ..FieldsChange::default() };
        under.engine.change_fields(&which, change).await.unwrap();
    }
    under.engine.start_now(&batch.id).await.unwrap();
    (batch.id, ids)
}

fn shared_with(other: &str) -> State {
    State::NeedsAttention(Cause::NameShared { with: other.into() })
}

/// Which name each start was given.
fn beside(rig: &Rig) -> Vec<u32> {
    rig.vendor.script(|script| script.told.iter().map(|file| file.beside).collect())
}

#[tokio::test]
async fn with_rename_each_gets_a_name_of_its_own_while_none_is_there_yet() {
    let mut rig = rig().await;
    rig.bounds.jobs = 3;
    let under = rig.open().await;
    rig.vendor.shut();
    let (_, ids) = batch(&under, &alike(&rig, 3), Some(IfExists::Rename)).await;
    rig.vendor.was_asked(3, |asked| matches!(asked, Asked::Start(_))).await;
    rig.vendor.open();
    for id in &ids {
        assert_eq!(under.ends(id).await, State::Verified);
    }
    let mut told = beside(&rig);
    told.sort_unstable();
    assert_eq!(told, [0, 1, 2]);
}

#[tokio::test]
async fn with_overwrite_or_without_a_rule_the_second_is_asked_about_before_a_byte_is_sent() {
    for how in [Some(IfExists::Overwrite), Some(IfExists::Ask), None] {
        let rig = rig().await;
        let under = rig.open().await;
        let (id, ids) = batch(&under, &alike(&rig, 2), how).await;
        assert_eq!(under.ends(&ids[0]).await, State::Verified);
        let state = under.ends(&ids[1]).await;
        assert_eq!(state, shared_with("1/a"), "{how:?}");
        assert_eq!(starts(&rig), 1);
        // A retry is no decision about the name.
        under.engine.retry(&Which::Job(ids[1].clone())).await.unwrap();
        assert!(waits(&under.ends(&ids[1]).await), "{how:?}");
        assert_eq!(under.engine.settle_names(&id, IfExists::Overwrite).await.unwrap(), 1);
        assert_eq!(under.until(&ids[1], |job| job.state.is_end()).await.state, State::Verified);
        assert_eq!(starts(&rig), 2);
    }
}

#[tokio::test]
async fn one_file_alone_can_be_decided_about_and_only_while_it_waits_for_it() {
    for (how, end) in [
        (IfExists::Overwrite, State::Verified),
        (IfExists::Rename, State::Verified),
        (IfExists::Skip, State::Cancelled),
    ] {
        let rig = rig().await;
        let under = rig.open().await;
        let (_, ids) = batch(&under, &alike(&rig, 3), None).await;
        for id in &ids[1..] {
            assert!(waits(&under.ends(id).await));
        }
        under.engine.settle_name(&ids[1], how).await.unwrap();
        assert_eq!(under.until(&ids[1], |job| job.state.is_end()).await.state, end);
        assert!(waits(&under.job(&ids[2]).await.state), "nothing was said of the third");
        assert!(under.engine.settle_name(&ids[0], how).await.is_err());
        // A job that waits for something else is unaffected.
        rig.vendor.script(|script| script.refuses = Some(Cause::QuotaRefused));
        let other = under.add_one(rig.file("other", 10)).await;
        assert_eq!(under.ends(&other).await, State::NeedsAttention(Cause::QuotaRefused));
        assert!(under.engine.settle_name(&other, how).await.is_err());
    }
}

#[tokio::test]
async fn with_skip_a_second_file_of_ones_own_is_asked_about_and_not_left_out_unasked() {
    let rig = rig().await;
    let under = rig.open().await;
    let (id, ids) = batch(&under, &alike(&rig, 2), Some(IfExists::Skip)).await;
    assert_eq!(under.ends(&ids[0]).await, State::Verified);
    assert_eq!(under.ends(&ids[1]).await, shared_with("1/a"));
    // A retry is no decision about the name.
    under.engine.retry(&Which::Job(ids[1].clone())).await.unwrap();
    under.rests(&ids[1]).await;
    assert_eq!(under.ends(&ids[1]).await, shared_with("1/a"));
    assert!(!under.job(&ids[1]).await.skipped);
    assert_eq!(under.engine.settle_names(&id, IfExists::Skip).await.unwrap(), 1);
    assert_eq!(under.until(&ids[1], |job| job.state.is_end()).await.state, State::Cancelled);
    assert!(under.job(&ids[1]).await.skipped);
}

#[tokio::test]
async fn a_file_whose_name_went_to_one_that_never_arrived_goes_under_it() {
    for how in [Some(IfExists::Skip), None] {
        let mut rig = rig().await;
        rig.bounds.jobs = 2;
        rig.vendor
            .script(|script| script.complete.push_back(failure(RetryClass::Refused, Cause::QuotaRefused)));
        let under = rig.open().await;
        rig.vendor.storage.shut();
        let (_, ids) = batch(&under, &alike(&rig, 2), how).await;
        let (first, second) = tokio::select! {
            _ = under.ends(&ids[0]) => (&ids[1], &ids[0]),
            _ = under.ends(&ids[1]) => (&ids[0], &ids[1]),
        };
        assert!(waits(&under.job(second).await.state), "{how:?}");
        rig.vendor.storage.open();
        assert_eq!(under.ends(first).await, State::NeedsAttention(Cause::QuotaRefused));
        under.engine.retry(&Which::Job(second.clone())).await.unwrap();
        assert_eq!(under.until(second, |job| job.state.is_end()).await.state, State::Verified, "{how:?}");
    }
}

#[tokio::test]
async fn what_an_earlier_batch_brought_is_what_overwrite_replaces() {
    let rig = rig().await;
    let under = rig.open().await;
    let files = alike(&rig, 2);
    for file in &files {
        let (_, ids) = batch(&under, std::slice::from_ref(file), Some(IfExists::Overwrite)).await;
        assert_eq!(under.ends(&ids[0]).await, State::Verified);
    }
    assert_eq!(beside(&rig), [0, 0]);
}

#[tokio::test]
async fn a_name_found_taken_at_the_start_or_at_the_end_gives_way_to_the_next_and_nobody_is_asked() {
    for at_the_end in [false, true] {
        let rig = rig().await;
        rig.vendor.script(|script| {
            let calls = if at_the_end { &mut script.complete } else { &mut script.start };
            calls.extend([taken(), taken()]);
        });
        let under = rig.open().await;
        let mut happened = under.engine.follow();
        let (_, ids) = batch(&under, &alike(&rig, 1), Some(IfExists::Rename)).await;
        assert_eq!(under.until(&ids[0], |job| job.state.is_end()).await.state, State::Verified);
        assert_eq!(beside(&rig), [0, 1, 2]);
        while let Ok(happening) = happened.try_recv() {
            if let partway_engine::EngineEvent::Changed { job } = happening {
                assert!(
                    !matches!(job.state, State::NeedsAttention(_)),
                    "a script would take that for its end"
                );
            }
        }
        if at_the_end {
            rig.vendor.was_asked(2, |asked| matches!(asked, Asked::Abort(_))).await;
        }
    }
}

#[tokio::test]
async fn a_vendor_that_finds_every_name_taken_is_not_asked_for_ever() {
    let rig = rig().await;
    rig.vendor.script(|script| script.start.extend((0..300).map(|_| taken())));
    let under = rig.open().await;
    let (_, ids) = batch(&under, &alike(&rig, 1), Some(IfExists::Rename)).await;
    let state = under.ends(&ids[0]).await;
    let State::NeedsAttention(Cause::Refused { said }) = state else { unreachable!("{state:?}") };
    assert_eq!(said, "“a (100)” and the names before it are taken. Clear up there");
    assert_eq!(starts(&rig), 100);
}

#[tokio::test]
async fn replacing_what_was_found_at_the_end_sends_nothing_again_where_the_session_can() {
    for can in [true, false] {
        let rig = rig().await;
        rig.vendor.script(|script| {
            script.replaces = can;
            script.complete.push_back(taken());
        });
        let under = rig.open().await;
        let (id, ids) = batch(&under, &alike(&rig, 1), None).await;
        assert!(waits(&under.ends(&ids[0]).await));
        let sent = rig.vendor.storage.puts().len();
        assert_eq!(under.engine.settle_names(&id, IfExists::Overwrite).await.unwrap(), 1);
        assert_eq!(under.until(&ids[0], |job| job.state.is_end()).await.state, State::Verified);
        let again = rig.vendor.storage.puts().len() - sent;
        assert_eq!((starts(&rig), again), if can { (1, 0) } else { (2, sent) });
    }
}

#[tokio::test]
async fn a_rule_can_be_set_back_to_asking_although_the_destination_has_another() {
    let rig = rig().await;
    let mut to = crate::rig::destination("Other");
    to.fields.if_exists = Some(IfExists::Rename);
    let under = Under { to: to.id.clone(), ..rig.open().await };
    under.engine.add_destination(&to).await.unwrap();
    let (_, ids) = batch(&under, &alike(&rig, 2), Some(IfExists::Ask)).await;
    assert_eq!(under.ends(&ids[0]).await, State::Verified);
    assert!(waits(&under.ends(&ids[1]).await));
}
