//! The system's own dialogs and clipboard.

use std::time::Duration;

use crate::support::{Desk, Driven, Made, Practice, Seed, bounded};

#[tokio::test]
async fn a_file_chosen_in_the_dialog_arrives_and_its_link_can_be_pasted() {
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

        app.press("Copy link").await;
        app.press("Add destination").await;
        app.picture("add-destination").await;
        let field = app.field("Name").await;
        field.click().await.unwrap();
        desk.run("wmctrl", ["-a", "Partway"]).await;
        desk.run("xdotool", ["key", "--clearmodifiers", "ctrl+v"]).await;
        app.field_holds(&field, "http").await;
    })
    .await;
}
