//! The grace period that parts in flight get when their job is to stop, and what happens to those that
//! exceed it.

use std::time::Duration;

use partway_core::{Cause, Hold, RetryClass, State};
use partway_engine::{JobId, Which};

use crate::rig::{Rig, Under};
use crate::storage::Reply;
use crate::vendor::failure;

/// More than both sockets of a connection can hold: of a part that is not read, less than half is taken.
const LARGE: u64 = 64 << 20;

const SHORT: Duration = Duration::from_millis(100);

/// Long for a busy machine, and half of the watchdog's timeout (30 s), which would end an unread part in
/// its own way.
const WELL_BEFORE_THE_WATCHDOG: Duration = Duration::from_secs(15);

/// Waits for something that only the end of the grace period can cause.
async fn by_the_grace<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(WELL_BEFORE_THE_WATCHDOG, what).await.expect("it is waited for beyond the grace")
}

/// Two parts: a large one, which the storage does not read, and a small one.
async fn rig() -> Rig {
    let rig = Rig::new().await;
    rig.vendor.script(|script| script.part_size = LARGE);
    rig.vendor.storage.deaf_to(Some(1));
    rig
}

async fn flying(under: &Under, id: &JobId, wanted: &[u32]) {
    let come =
        async {
            while under.engine.live().get(id).is_none_or(|live| {
                !live.flying.iter().map(|part| part.number.get()).eq(wanted.iter().copied())
            }) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
    by_the_grace(come).await;
}

fn sent(rig: &Rig, part: u32) -> usize {
    rig.vendor.storage.puts().iter().filter(|put| put.part == part).count()
}

#[tokio::test]
async fn after_the_grace_a_pause_waits_only_for_what_is_more_than_half_through() {
    let mut rig = rig().await;
    rig.grace = SHORT;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.sparse("a", LARGE + 10)).await;
    rig.vendor.storage.begun(2).await;
    rig.vendor.storage.came_in(1).await;
    flying(&under, &id, &[1, 2]).await;
    under.engine.pause(&Which::Open).await.unwrap();

    // The large one is aborted; the small one is fully sent and waits for its answer, however long that
    // takes.
    flying(&under, &id, &[2]).await;
    rig.vendor.storage.open();
    under.rests(&id).await;
    assert_eq!(under.job(&id).await.parts_confirmed, 1);

    rig.vendor.storage.deaf_to(None);
    under.engine.resume(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!((sent(&rig, 1), sent(&rig, 2)), (1, 1), "what was confirmed did not go again");
}

#[tokio::test]
async fn within_the_grace_a_part_may_end_after_its_key_was_refused() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 10)).await;
    rig.vendor.storage.came_in(1).await;
    refuse_the_key(&rig, &under, &id).await;
    rig.vendor.storage.open();
    under.rests(&id).await;
    assert_eq!(under.job(&id).await.parts_confirmed, 1);
}

#[tokio::test]
async fn after_the_grace_nothing_is_waited_for_when_a_key_was_refused() {
    let mut rig = rig().await;
    rig.grace = SHORT;
    let under = rig.open().await;
    let id = under.add_one(rig.sparse("a", LARGE)).await;
    rig.vendor.storage.begun(1).await;
    refuse_the_key(&rig, &under, &id).await;
    by_the_grace(under.rests(&id)).await;
    assert_eq!(under.job(&id).await.parts_confirmed, 0);

    rig.vendor.storage.deaf_to(None);
    under.engine.key_replaced(&under.to, None).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Verified);
    let whole = rig.vendor.storage.puts().iter().filter(|put| put.bytes.len() as u64 == LARGE).count();
    assert_eq!(whole, 1);
}

/// The key is refused for another file of the same destination: this one is held along with it.
async fn refuse_the_key(rig: &Rig, under: &Under, id: &JobId) {
    rig.vendor.script(|script| script.start.push_back(failure(RetryClass::Credentials, Cause::KeyRefused)));
    under.add_one(rig.file("other", 10)).await;
    under.until(id, |job| job.holds.contains(Hold::Credentials)).await;
}

#[tokio::test]
async fn a_part_that_was_refused_waits_for_the_others_no_longer_than_the_grace() {
    let mut rig = rig().await;
    rig.grace = SHORT;
    let under = rig.open().await;
    rig.vendor
        .storage
        .judge(|put| if put.part == 2 { Reply::No(400, "", "EntityTooLarge") } else { Reply::Stored });
    let id = under.add_one(rig.sparse("a", LARGE + 10)).await;
    rig.vendor.storage.begun(2).await;
    let state = by_the_grace(under.ends(&id)).await;
    assert!(matches!(state, State::NeedsAttention(_)), "{state:?}");
    assert_eq!(under.job(&id).await.parts_confirmed, 0);
}
