//! What happens while nobody looks: the web view is let go and comes back as it was, an app without work ends, and a session that ends waits.

use std::time::Duration;

use crate::support::{
    Desk, Driven, Made, Notifications, Panel, Practice, Seed, bounded, program, resume, stop, terminate,
    until,
};

const SOON: Duration = Duration::from_secs(20);
const DONE: Duration = Duration::from_secs(90);
/// The process of the page.
const PAGE: &str = "WebKitWebProces";
/// Points of the window: the filter of paused files, and a row of the list.
const PAUSED: (i32, i32) = (80, 162);
const LIST: (i32, i32) = (500, 420);
/// Pixels that differ where another thing is shown.
const MUCH: u64 = 3_000;

#[tokio::test]
async fn the_page_of_a_window_hidden_for_long_goes_and_comes_back_as_it_was() {
    bounded(5, async {
        let mut seed = Seed::of("let go");
        let mut desk = Desk::set_up().await;
        let panel = Panel::start(&mut desk).await;
        let takes = desk.folder("takes");
        let made = |n| Made::in_folder(&takes, &format!("take-{n:02}.mov"), 9_000_000, &mut seed);
        let files: Vec<_> = (0..30).map(made).collect();
        let app = Driven::start_with_practice(&desk).await;
        let helper = desk.helper().await;
        stop(&helper);
        desk.start_again(&files.iter().map(|made| made.path.as_path()).collect::<Vec<_>>()).await;
        app.has_rows(30, SOON).await;
        app.press("Pause all").await;
        resume(&helper);
        until("an end of everything", DONE, async || {
            panel.rows(&desk).await.first().is_some_and(|row| row.ends_with(" files paused")).then_some(())
        })
        .await;
        desk.press_keys("ctrl+q").await;
        until("the end", SOON, async || desk.running("partway").is_empty().then_some(())).await;
        drop(app);

        let mut plain = desk.command(program("partway"));
        plain.arg("--data-dir").arg(desk.data()).args(["--patience", "2"]);
        let mut plain = plain.spawn().unwrap();
        desk.window_is_shown(true).await;
        panel.has_icon(&desk).await;
        desk.in_front("Partway").await;
        desk.still().await;
        let fresh = desk.window_picture("page-fresh").await;
        // Another filter, the list scrolled, a row with its details.
        desk.click(PAUSED).await;
        desk.still().await;
        desk.scroll(LIST, 8).await;
        desk.still().await;
        desk.click(LIST).await;
        desk.still().await;
        let before = desk.window_picture("page-before").await;
        assert!(desk.differs(&fresh, &before).await > MUCH, "the clicks changed nothing");
        let with_page = desk.memory();

        desk.close_window().await;
        desk.window_is_shown(false).await;
        until("the end of its page", SOON, async || (desk.running_as(PAGE) == 0).then_some(())).await;
        let without = desk.memory();
        println!("memory of the app: {with_page} kB with its page, {without} kB without");
        assert!(without < with_page * 2 / 3);

        panel.press(&desk, "Open Partway").await;
        desk.window_is_shown(true).await;
        desk.in_front("Partway").await;
        desk.still().await;
        let after = desk.window_picture("page-after").await;
        let differs = desk.differs(&before, &after).await;
        println!("{differs} pixels differ");
        assert!(differs < MUCH, "it is not as it was: {differs} pixels differ");
        terminate(&[plain.id().unwrap()]);
        assert!(plain.wait().await.unwrap().success());
    })
    .await;
}

#[tokio::test]
async fn without_a_tray_an_app_that_has_nothing_to_do_ends_by_itself_and_with_one_it_stays() {
    for tray in [false, true] {
        bounded(3, async {
            let mut seed = Seed::of("idle");
            let mut desk = Desk::set_up().await;
            let panel = if tray { Some(Panel::start(&mut desk).await) } else { None };
            let notifications = Notifications::listen(&mut desk).await;
            let made = Made::in_folder(&desk.folder("takes"), "one.mov", 20_000_000, &mut seed);
            let app = Driven::start_with_practice_and(&desk, &["--patience", "2"]).await;
            if let Some(panel) = &panel {
                panel.has_icon(&desk).await;
            }
            let helper = desk.helper().await;
            stop(&helper);
            desk.hand_over(&made.path).await;
            app.has_rows(1, SOON).await;
            desk.close_window().await;
            desk.window_is_shown(false).await;
            resume(&helper);
            let practice = Practice::of(&desk);
            until("the object", DONE, async || practice.has(&made).then_some(())).await;
            if tray {
                // Time that has to pass: an app without a tray is gone by then.
                tokio::time::sleep(Duration::from_secs(6)).await;
                assert_eq!(desk.running("partway").len(), 1, "its icon is still there");
            } else {
                until("the end", SOON, async || desk.running("partway").is_empty().then_some(())).await;
                let tray_is_named = notifications.heard().iter().any(|told| told.contains("tray"));
                assert!(!tray_is_named, "{:?}", notifications.heard());
            }
            drop(app);
        })
        .await;
    }
}
