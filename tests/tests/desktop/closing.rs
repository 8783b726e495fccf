//! Closing, starting again, and ending.

use std::time::Duration;

use crate::support::{Desk, Driven, Made, Notifications, Practice, Seed, bounded, resume, stop, until};

/// What the app gets to end: 5 s for parts in flight, and a busy machine.
const END: Duration = Duration::from_secs(20);
const SOON: Duration = Duration::from_secs(15);

#[tokio::test]
async fn closing_hides_while_something_uploads_and_a_second_start_shows() {
    bounded(4, async {
        let mut seed = Seed::of("closing");
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::listen(&mut desk).await;
        let folder = desk.folder("takes");
        let first = Made::in_folder(&folder, "first.mov", 60_000_000, &mut seed);
        let second = Made::in_folder(&folder, "second.mov", 1_000_000, &mut seed);
        let (app, helper) = Driven::start_with_held(&desk, &first).await;

        desk.close_window().await;
        desk.window_is_shown(false).await;
        assert_eq!(desk.running("partway").len(), 1, "it goes on");
        let told = "Still uploading 1 file|Open Partway again to see it.";
        until("the notification", SOON, async || (notifications.heard() == [told]).then_some(())).await;

        desk.start_again(&[]).await;
        desk.window_is_shown(true).await;
        app.picture("shown-again").await;

        desk.close_window().await;
        desk.window_is_shown(false).await;
        desk.hand_over(&second.path).await;
        desk.window_is_shown(true).await;
        app.has_rows(2, SOON).await;

        resume(&helper);
        app.rows_show("Practice finished", 2, Duration::from_secs(60)).await;
        let practice = Practice::of(&desk);
        assert!(practice.has(&first) && practice.has(&second));
        assert_eq!(notifications.heard()[..1], [told.to_owned()]);
        assert!(!notifications.heard()[1..].contains(&told.to_owned()), "said twice");

        desk.close_window().await;
        until("the end of the app", END, async || desk.running("partway").is_empty().then_some(())).await;
        assert!(desk.running("partway-sandbox").is_empty(), "the helper outlived the app");
    })
    .await;
}

#[tokio::test]
async fn what_closing_does_is_said_once_and_not_again_after_a_crash() {
    bounded(3, async {
        let mut seed = Seed::of("said once");
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::listen(&mut desk).await;
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 60_000_000, &mut seed);
        let (app, _) = Driven::start_with_held(&desk, &made).await;
        desk.close_window().await;
        desk.window_is_shown(false).await;
        until("the notification", SOON, async || (notifications.heard().len() == 1).then_some(())).await;
        // It is written down once it is shown.
        until("that it was said", SOON, async || app.was_told_of_hiding().await.then_some(())).await;
        desk.crash().await;
        drop(app);

        let again = Driven::start(&desk, &[]).await;
        again.has_rows(1, SOON).await;
        // It was in the middle of an upload, and nobody has seen yet that it ended.
        again.shows("Partway stopped unexpectedly (", SOON).await;
        again.picture("after-a-kill").await;
        let late = Made::in_folder(&desk.folder("takes"), "two.mov", 60_000_000, &mut seed);
        stop(&desk.helper().await);
        desk.hand_over(&late.path).await;
        again.has_rows(2, SOON).await;
        desk.close_window().await;
        desk.window_is_shown(false).await;
        // Whatever is told comes after this: the window is shown again by another start, and hides once more.
        desk.start_again(&[]).await;
        desk.window_is_shown(true).await;
        desk.close_window().await;
        desk.window_is_shown(false).await;
        assert_eq!(notifications.heard().len(), 1, "said again: {:?}", notifications.heard());
    })
    .await;
}

#[tokio::test]
async fn what_nobody_could_show_is_said_when_somebody_can() {
    bounded(3, async {
        let mut seed = Seed::of("said late");
        let mut desk = Desk::set_up().await;
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 60_000_000, &mut seed);
        let (app, _) = Driven::start_with_held(&desk, &made).await;
        // No service for notifications is there yet.
        desk.close_window().await;
        desk.window_is_shown(false).await;
        let notifications = Notifications::listen(&mut desk).await;
        desk.start_again(&[]).await;
        desk.window_is_shown(true).await;
        assert!(!app.was_told_of_hiding().await, "nobody has seen it");

        desk.close_window().await;
        desk.window_is_shown(false).await;
        until("the notification", SOON, async || (notifications.heard().len() == 1).then_some(())).await;
        until("that it was said", SOON, async || app.was_told_of_hiding().await.then_some(())).await;
    })
    .await;
}

#[tokio::test]
async fn a_window_that_nobody_sees_is_told_nothing() {
    bounded(2, async {
        let mut seed = Seed::of("unseen");
        let desk = Desk::set_up().await;
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 60_000_000, &mut seed);
        let (app, helper) = Driven::start_with_held(&desk, &made).await;
        app.count_ticks().await;
        until("a tick", SOON, async || (app.ticks().await > 0).then_some(())).await;

        desk.close_window().await;
        desk.window_is_shown(false).await;
        // Whatever its page thinks of it.
        app.look_on().await;
        let before = app.ticks().await;
        resume(&helper);
        let practice = Practice::of(&desk);
        until("the object", Duration::from_secs(60), async || (practice.objects() == 1).then_some(())).await;
        assert_eq!(app.ticks().await, before);

        desk.start_again(&[]).await;
        until("a tick once it is seen again", SOON, async || (app.ticks().await > before).then_some(()))
            .await;
    })
    .await;
}

#[tokio::test]
async fn the_notification_offers_to_quit_instead() {
    bounded(2, async {
        let mut seed = Seed::of("quit instead");
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::with_buttons(&mut desk).await;
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 60_000_000, &mut seed);
        let _held = Driven::start_with_held(&desk, &made).await;
        desk.close_window().await;
        until("the notification", SOON, async || (!notifications.heard().is_empty()).then_some(())).await;
        notifications.press(&desk, "Quit instead").await;
        until("the end of the app", END, async || desk.running("partway").is_empty().then_some(())).await;
    })
    .await;
}

#[tokio::test]
async fn where_uploads_shall_not_go_on_closing_asks_and_the_wish_survives_a_restart() {
    const SWITCH: &str = "//button[@aria-label='Keep uploading when the window is closed']";
    bounded(4, async {
        let mut seed = Seed::of("not in the background");
        let desk = Desk::set_up().await;
        let takes = desk.folder("takes");
        let short = Made::in_folder(&takes, "short.mov", 1_000, &mut seed);
        let made = Made::in_folder(&takes, "one.mov", 60_000_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;
        desk.press_keys("ctrl+comma").await;
        app.press_at(SWITCH).await;
        until("the switch off", SOON, async || (app.pressed(SWITCH).await == "false").then_some(())).await;
        desk.press_keys("ctrl+q").await;
        until("the end", END, async || desk.running("partway").is_empty().then_some(())).await;
        drop(app);

        let app = Driven::start(&desk, &[]).await;
        // After a restart the helper starts with the first file, and can be put to sleep for the second.
        desk.hand_over(&short.path).await;
        app.rows_show("Practice finished", 1, SOON).await;
        let helper = desk.helper().await;
        stop(&helper);
        desk.hand_over(&made.path).await;
        app.has_rows(2, SOON).await;
        desk.close_window().await;
        desk.dialog("Quit Partway?", true).await;
        desk.screenshot("closing-asks").await;
        desk.press_in("Quit Partway?", "Escape").await;
        desk.dialog("Quit Partway?", false).await;
        desk.window_is_shown(true).await;
        assert_eq!(desk.running("partway").len(), 1, "it was not to end");
        resume(&helper);
        app.rows_show("Practice finished", 2, Duration::from_secs(60)).await;
        // Nothing is left to be asked about.
        desk.close_window().await;
        until("the end", END, async || desk.running("partway").is_empty().then_some(())).await;
    })
    .await;
}
