//! The computer is held awake while something uploads, and let go when nothing does.

use std::time::Duration;

use crate::support::{Desk, Driven, Logind, Made, Seed, bounded, resume, stop};

const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn the_computer_is_held_awake_while_something_uploads_and_let_go_otherwise() {
    bounded(4, async {
        let mut seed = Seed::of("awake");
        let mut desk = Desk::set_up().await;
        let logind = Logind::start(&mut desk).await;
        let folder = desk.folder("takes");
        let mut made = |name: &str| Made::in_folder(&folder, name, 60_000_000, &mut seed);
        let [first, second] = ["first.mov", "second.mov"].map(&mut made);
        let app = Driven::start_with_practice(&desk).await;
        logind.is_held(&desk, false).await;

        // The helper sleeps, so that the upload lasts exactly as long as this journey needs it.
        let helper = desk.helper().await;
        stop(&helper);
        desk.hand_over(&first.path).await;
        logind.is_held(&desk, true).await;
        resume(&helper);
        app.rows_show("Practice finished", 1, Duration::from_secs(60)).await;
        logind.is_held(&desk, false).await;

        stop(&helper);
        desk.hand_over(&second.path).await;
        logind.is_held(&desk, true).await;
        desk.press_keys("ctrl+comma").await;
        app.shows("Closing the lid still pauses uploads; they go on when you open it", SOON).await;
        app.picture("awake").await;
        app.press_at("//button[@role='switch'][@aria-label='Keep the computer awake while uploading']").await;
        logind.is_held(&desk, false).await;
        app.press_at("//button[@role='switch'][@aria-label='Keep the computer awake while uploading']").await;
        logind.is_held(&desk, true).await;
        desk.crash().await;
        logind.is_held(&desk, false).await;
    })
    .await;
}

#[tokio::test]
async fn without_logind_uploads_go_and_only_the_settings_say_it() {
    bounded(3, async {
        let mut seed = Seed::of("no logind");
        let desk = Desk::set_up().await;
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 60_000_000, &mut seed);
        let (app, helper) = Driven::start_with_held(&desk, &made).await;
        desk.press_keys("ctrl+comma").await;
        // Asked when the settings are opened: once something uploads, and the system was asked in vain.
        let says = "This system does not let Partway keep the computer awake";
        crate::support::until("the sentence", SOON, async || {
            desk.press_keys("Escape").await;
            desk.press_keys("ctrl+comma").await;
            app.text().await.filter(|text| text.contains(says))
        })
        .await;
        resume(&helper);
        desk.press_keys("Escape").await;
        app.press_at("//nav//button[starts-with(normalize-space(), 'All')]").await;
        app.rows_show("Practice finished", 1, Duration::from_secs(60)).await;
    })
    .await;
}
