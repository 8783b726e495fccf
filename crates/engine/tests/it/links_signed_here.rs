//! Links signed here, with the key: never on disk, and a storage that rejects one rejects the key.

use std::time::Duration;

use partway_core::{Cause, State};

use crate::rig::{Rig, bytes, contains};
use crate::storage::Reply;
use crate::vendor::{Asked, SIGNATURE};

async fn rig(signed_here: bool) -> Rig {
    let rig = Rig::new().await;
    rig.vendor.script(|script| {
        script.capabilities.refresh = true;
        script.capabilities.signs_links = signed_here;
        script.first_links = 64;
    });
    rig
}

#[tokio::test]
async fn no_link_is_ever_written_down_and_every_part_goes() {
    let rig = rig(true).await;
    let under = rig.open().await;
    let folder = rig.data();
    // Searched for at every incoming part, while nothing has been wiped yet.
    rig.vendor.storage.judge(move |_| {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && contains(&std::fs::read(path).unwrap(), SIGNATURE) {
                return Reply::No(507, "", "ALinkIsOnTheDisk");
            }
        }
        Reply::Stored
    });
    let id = under.add_one(rig.file("a", 150_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(rig.vendor.storage.object("1") == bytes(150_000));
    assert_eq!(rig.vendor.storage.puts().len(), 150);
    // Links that came with the start are not requested again.
    let asked = rig.vendor.asked();
    let first = asked.iter().find_map(|asked| match asked {
        Asked::Targets(parts) => parts.first().copied(),
        _ => None,
    });
    assert_eq!(first, Some(65), "{asked:?}");
}

#[tokio::test]
async fn another_process_signs_anew_and_takes_what_an_earlier_version_wrote_down_from_the_disk() {
    let rig = rig(false).await;
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 5_000)).await;
    rig.vendor.storage.came_in(1).await;
    under.engine.close(Duration::ZERO).await;
    assert!(contains(&rig.everything(), SIGNATURE), "this test looks at the right place");
    rig.vendor.script(|script| script.capabilities.signs_links = true);
    let begun = rig.vendor.storage.puts().len();
    let under = rig.open().await;
    rig.vendor.storage.came_in(begun + 1).await;
    let rows = rusqlite::Connection::open(rig.data().join("journal.db")).unwrap();
    let kept: u32 = rows.query_row("SELECT count(*) FROM target", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 0);
    rig.vendor.storage.open();
    assert_eq!(under.ends(&id).await, State::Verified);
}

#[tokio::test]
async fn a_part_that_is_forbidden_is_the_keys_fault_only_where_its_link_was_signed_with_it() {
    for signed_here in [true, false] {
        let rig = rig(signed_here).await;
        let under = rig.open().await;
        rig.vendor.storage.judge(|_| Reply::No(403, "", "AccessDenied"));
        let id = under.add_one(rig.file("a", 5_000)).await;
        let State::NeedsAttention(cause) = under.ends(&id).await else { unreachable!("nothing arrives") };
        if signed_here {
            assert_eq!(cause, Cause::PermissionRefused);
        } else {
            assert_eq!(cause, Cause::LinksUnusable { what: "said the storage".into() });
        }
        let renewed = rig.vendor.count(|asked| matches!(asked, Asked::Targets(_)));
        assert_eq!(renewed, usize::from(!signed_here));
    }
}

/// A storage's rejection of a link says nothing about the upload: what was confirmed stays, however often
/// fresh links are called expired.
#[tokio::test]
async fn confirmed_parts_stay_whatever_a_storage_says_of_links_that_are_signed_here() {
    let rig = rig(true).await;
    let under = rig.open().await;
    let expired = || Reply::No(403, "", "ExpiredRequest");
    rig.vendor.storage.judge(move |put| if put.part == 3 { expired() } else { Reply::Stored });
    let id = under.add_one(rig.file("a", 5_000)).await;
    let state = under.ends(&id).await;
    assert!(matches!(state, State::NeedsAttention(Cause::Refused { .. })), "{state:?}");
    assert_eq!(under.job(&id).await.parts_confirmed, 4);
    rig.vendor.storage.judge(|_| Reply::Stored);
    under.engine.retry(&partway_engine::Which::Job(id.clone())).await.unwrap();
    assert_eq!(under.until(&id, |job| job.state.is_end()).await.state, State::Verified);
    let others = rig.vendor.storage.puts().into_iter().filter(|put| put.part != 3).count();
    assert_eq!((others, rig.vendor.count(|asked| matches!(asked, Asked::Start(_)))), (4, 1));
}

/// This computer's clock is behind, so what it signs has expired for the storage: that is reported, not a
/// slow line.
#[tokio::test]
async fn links_that_run_out_at_once_by_the_storages_clock_are_the_clocks_fault() {
    let rig = rig(true).await;
    let under = rig.open().await;
    let ahead = rig.now_s() + 3600;
    rig.vendor.storage.judge(move |_| Reply::At(ahead, Box::new(Reply::No(403, "", "ExpiredRequest"))));
    let id = under.add_one(rig.file("a", 5_000)).await;
    match under.ends(&id).await {
        State::NeedsAttention(Cause::ClockWrong { ahead_seconds }) => {
            assert!((3_500..3_700).contains(&ahead_seconds), "{ahead_seconds}");
        }
        other => panic!("{other:?}"),
    }
}
