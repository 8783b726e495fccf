//! Two thousand files at once.

use std::time::{Duration, Instant};

use crate::support::{Desk, Driven, FileManager, Made, Practice, Seed, bounded, until};

const FILES: u64 = 2_000;
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
        manager.drag_all().await;
        let dropped = Instant::now();
        app.has_rows(FILES, Duration::from_secs(10)).await;
        println!("{FILES} files show {:?} after they were dropped", dropped.elapsed());
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
