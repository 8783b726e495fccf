//! The first run: no account, no destination, and yet the first drop arrives.

use std::time::Duration;

use crate::support::{Desk, Driven, FileManager, Made, Practice, Seed, bounded};

#[tokio::test]
async fn files_dragged_from_a_file_manager_arrive_at_practice() {
    bounded(3, async {
        let mut seed = Seed::of("first run");
        let mut desk = Desk::set_up().await;
        let folder = desk.folder("takes");
        let made = [("a take.mov", 20_000_000), ("b ümlaut #2.mov", 9_000_001), ("c one byte.txt", 1)]
            .map(|(name, size)| Made::in_folder(&folder, name, size, &mut seed));

        let app = Driven::start(&desk, &[]).await;
        app.shows("Where should your files go?", Duration::from_secs(10)).await;
        app.picture("first-run").await;
        app.press("Practice on this computer").await;
        app.shows("Drop files or folders anywhere", Duration::from_secs(30)).await;

        let manager = FileManager::open(&mut desk, &folder).await;
        manager.drag_all().await;
        app.shows("Start now", Duration::from_secs(5)).await;
        app.shows("3 files", Duration::from_secs(1)).await;
        app.picture("dropped").await;
        app.press("Start now").await;

        app.rows_show("Practice finished", 3, Duration::from_secs(60)).await;
        app.picture("practice-finished").await;
        let practice = Practice::of(&desk);
        for made in &made {
            assert!(practice.has(made), "{} is not there byte for byte", made.path.display());
        }
        assert_eq!(practice.objects(), made.len(), "nothing was uploaded that was not dropped");
    })
    .await;
}

#[tokio::test]
async fn files_dropped_before_there_is_a_destination_are_kept() {
    bounded(3, async {
        let mut seed = Seed::of("kept");
        let mut desk = Desk::set_up().await;
        let folder = desk.folder("kept");
        let made = Made::in_folder(&folder, "early.mov", 1_000_000, &mut seed);

        let app = Driven::start(&desk, &[]).await;
        app.shows("Where should your files go?", Duration::from_secs(10)).await;
        let manager = FileManager::open(&mut desk, &folder).await;
        manager.drag_all().await;
        app.shows("1 item waits here until you have chosen.", Duration::from_secs(5)).await;
        app.press("Practice on this computer").await;
        app.shows("Practice finished", Duration::from_secs(60)).await;
        assert!(Practice::of(&desk).has(&made));
    })
    .await;
}
