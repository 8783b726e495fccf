//! The system's own dialog for files.

use std::time::Duration;

use crate::support::{Desk, Driven, Made, Practice, Seed, bounded};

#[tokio::test]
async fn a_file_chosen_in_the_dialog_arrives() {
    bounded(3, async {
        let mut seed = Seed::of("asking");
        let desk = Desk::set_up().await;
        let made = Made::in_folder(&desk.folder("takes"), "chosen.mov", 2_000_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;

        app.press("Choose files").await;
        desk.choose_in_dialog("Add files", &made.path).await;
        app.shows("Start now", Duration::from_secs(10)).await;
        app.press("Start now").await;
        app.rows_show("Practice finished", 1, Duration::from_secs(60)).await;
        assert!(Practice::of(&desk).has(&made));
    })
    .await;
}
