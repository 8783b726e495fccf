//! The process behind the page is killed, as a lack of memory or a fault in it would: the page comes back as it was.

use std::path::Path;
use std::time::Duration;

use crate::support::{
    Desk, Driven, Made, Notifications, Panel, Practice, Seed, bounded, kill_now, terminate, until,
};

const SOON: Duration = Duration::from_secs(20);
/// The process of the page.
const PAGE: &str = "WebKitWebProces";
/// What a new page gets to be drawn over the old one.
const DRAWN: Duration = Duration::from_secs(2);
/// Points of the window: the way to all files, and to the settings.
const ALL: (i32, i32) = (80, 72);
const SETTINGS: (i32, i32) = (64, 670);
/// Pixels that differ where another thing is shown.
const MUCH: u64 = 3_000;

#[tokio::test]
async fn a_page_whose_process_ends_comes_back_and_one_that_does_not_stay_is_let_go() {
    bounded(5, async {
        let mut seed = Seed::of("lost");
        let mut desk = Desk::set_up().await;
        let panel = Panel::start(&mut desk).await;
        let notifications = Notifications::listen(&mut desk).await;
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 1_000_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;
        desk.press_keys("ctrl+q").await;
        until("the end", SOON, async || desk.running("partway").is_empty().then_some(())).await;
        drop(app);

        // Nothing drives this one: whoever does would miss the page that it drove.
        let mut plain = desk.start_app();
        desk.window_is_shown(true).await;
        panel.has_icon(&desk).await;
        desk.hand_over(&made.path).await;
        let practice = Practice::of(&desk);
        until("the object", SOON, async || practice.has(&made).then_some(())).await;
        desk.in_front("Partway").await;
        desk.click(ALL).await;
        desk.still().await;
        let queue = desk.window_picture("lost-queue").await;
        desk.click(SETTINGS).await;
        desk.still().await;
        let before = desk.window_picture("lost-before").await;
        assert!(desk.differs(&queue, &before).await > MUCH, "the settings are not there");

        lose(&desk).await;
        another(&desk).await;
        // Time that has to pass: until the new page is drawn, the last picture of the old one stands.
        tokio::time::sleep(DRAWN).await;
        shows(&desk, &before, None).await;
        // It is no picture of what was: it goes where it is sent, and shows what became of the file.
        shows(&desk, &queue, Some(ALL)).await;

        // Closed, it is not loaded for nobody.
        let there = windows(&desk).await;
        desk.close_window().await;
        desk.window_is_shown(false).await;
        lose(&desk).await;
        until("the end of the window", SOON, async || (windows(&desk).await < there).then_some(())).await;
        panel.press(&desk, "Open Partway").await;
        desk.window_is_shown(true).await;
        another(&desk).await;
        shows(&desk, &queue, None).await;

        // It ends again and again.
        let told = "Partway's window has closed|What draws it stopped several times within a minute.";
        let given_up = || notifications.heard().iter().any(|heard| heard.starts_with(told));
        let mut lost = 1;
        while !given_up() {
            assert!(lost < 8, "it is loaded for ever");
            // A process that ends while it is being started takes the app with it: WebKitGTK does that, and a real fault comes later.
            shows(&desk, &queue, None).await;
            lose(&desk).await;
            lost += 1;
            until("the next page, or that there is none", SOON, async || {
                (given_up() || desk.running_as(PAGE) > 0).then_some(())
            })
            .await;
        }
        assert!(lost > 3, "it was let go after {lost} ends");
        desk.window_is_shown(false).await;
        assert_eq!(desk.running("partway").len(), 1, "uploads go on");

        panel.press(&desk, "Open Partway").await;
        desk.window_is_shown(true).await;
        another(&desk).await;
        shows(&desk, &queue, None).await;
        terminate(&[plain.id().unwrap()]);
        assert!(plain.wait().await.unwrap().success());
    })
    .await;
}

/// Waits until the window shows what it showed there, pressing meanwhile where that is asked for.
async fn shows(desk: &Desk, there: &Path, press: Option<(i32, i32)>) {
    until(&format!("the window as in {}", there.display()), SOON, async || {
        if let Some(point) = press {
            desk.click(point).await;
        }
        let now = desk.window_picture("lost-now").await;
        (desk.differs(there, &now).await < MUCH).then_some(())
    })
    .await;
}

/// How many windows bear the app's name, also those that are hidden, and one that GTK never shows.
async fn windows(desk: &Desk) -> usize {
    let found = desk.output("xdotool", ["search", "--name", "^Partway$"]).await;
    String::from_utf8_lossy(&found.stdout).lines().count()
}

/// Kills the process of the page, and waits until it has ended.
async fn lose(desk: &Desk) {
    let page = another(desk).await;
    kill_now(&page);
    until("the end of the page's process", SOON, async || {
        page.iter().all(|pid| !desk.bearing(PAGE).contains(pid)).then_some(())
    })
    .await;
}

/// Waits until there is one, and is it.
async fn another(desk: &Desk) -> Vec<u32> {
    until("the page's process", SOON, async || Some(desk.bearing(PAGE)).filter(|found| !found.is_empty()))
        .await
}
