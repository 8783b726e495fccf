//! Two thousand files at once.

use std::time::Duration;

use crate::support::{Desk, Driven, FileManager, Made, Practice, Seed, bounded, until};

const FILES: u64 = 2_000;
/// From the drop to all of them in the list, by the page's own clock. The promise is a second, and about half of one was measured here, in a
/// debug build beside other work; each file is in the journal by then, on a disk that the machine's other work waits for too. Taken in one after
/// the other, with a write to the disk each, they would need far more than this.
const SHOWN: Duration = Duration::from_secs(3);
/// Sessions that may be open at once: the engine's permits for jobs.
const SESSIONS: usize = 8;
/// So many are waited for; the others go the same way.
const ENOUGH: usize = 200;

#[tokio::test]
async fn two_thousand_files_show_at_once_and_go_a_few_at_a_time() {
    bounded(6, async {
        let mut seed = Seed::of("many");
        let mut desk = Desk::set_up().await;
        let folder = desk.folder("takes/A001");
        for n in 0..FILES {
            Made::in_folder(&folder, &format!("frame {n:04}.dpx"), seed.between(0, 3_000), &mut seed);
        }
        let app = Driven::start_with_practice(&desk).await;
        let manager = FileManager::open(&mut desk, folder.parent().unwrap()).await;
        app.time_drop(FILES).await;
        manager.drag_all().await;
        app.has_rows(FILES, Duration::from_secs(30)).await;
        let (first, all) = app.drop_times().await;
        println!("after the drop the first rows show in {first:?}, all {FILES} are counted in {all:?}");
        assert!(all < SHOWN, "{FILES} files show only {all:?} after they were dropped");
        app.picture("two-thousand").await;

        app.press("Start now").await;
        let practice = Practice::of(&desk);
        until("the first files", Duration::from_secs(180), async || {
            (practice.objects() >= ENOUGH).then_some(())
        })
        .await;
        let log = practice.log();
        println!(
            "{} sessions were begun, at most {} open at once",
            Practice::started(&log),
            Practice::most_open(&log)
        );
        assert!(Practice::most_open(&log) <= SESSIONS);
        app.picture("two-thousand-going").await;
    })
    .await;
}
