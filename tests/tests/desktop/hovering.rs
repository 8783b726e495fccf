//! Files that are dragged over the window, before they are dropped or taken away again.

use std::time::Duration;

use crate::support::{Desk, Driven, FileManager, Made, Seed, bounded};

/// Between the pointer and the page lie three processes.
const SOON: Duration = Duration::from_secs(15);

#[tokio::test]
async fn what_is_dragged_over_the_window_is_announced_until_it_leaves() {
    bounded(3, async {
        let mut seed = Seed::of("hovering");
        let mut desk = Desk::set_up().await;
        let folder = desk.folder("takes");
        for name in ["a.mov", "b.mov"] {
            Made::in_folder(&folder, name, 1_000, &mut seed);
        }
        let app = Driven::start_with_practice(&desk).await;
        let manager = FileManager::open(&mut desk, &folder).await;
        app.has_overlay(false, SOON).await;

        manager.hold_all_over_the_app().await;
        app.has_overlay(true, SOON).await;
        app.shows("Drop 2 files to upload", SOON).await;
        app.shows("To Practice", SOON).await;
        app.picture("hovering").await;
        manager.carry_away().await;
        app.has_overlay(false, SOON).await;
        manager.let_go().await;

        // A second time, to the end: what was taken away the first time was not taken in.
        manager.hold_all_over_the_app().await;
        app.has_overlay(true, SOON).await;
        manager.let_go().await;
        app.has_overlay(false, SOON).await;
        app.shows("Start now", SOON).await;
        app.has_rows(2, SOON).await;
        assert_eq!(app.rows().await, 2, "taken in twice");
    })
    .await;
}
