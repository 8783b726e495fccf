//! Starting at login, and where the window stands when it starts.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::support::{Desk, Driven, Made, Practice, Seed, bounded, until};

const SOON: Duration = Duration::from_secs(20);
const DONE: Duration = Duration::from_secs(90);
const SWITCH: &str = "//button[@aria-label='Start when I log in']";

#[tokio::test]
async fn the_switch_writes_the_entry_and_shows_what_the_system_has() {
    bounded(4, async {
        let mut seed = Seed::of("login");
        let desk = Desk::set_up().await;
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 300_000_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;
        desk.press_keys("ctrl+comma").await;
        app.shows("Start when I log in", SOON).await;
        assert_eq!(app.pressed(SWITCH).await, "false");
        app.press_at(SWITCH).await;
        let entry = until("the entry", SOON, async || entry(&desk)).await;
        let text = fs::read_to_string(&entry).unwrap();
        assert!(text.contains("--hidden") && text.contains(desk.data().to_str().unwrap()), "{text}");
        app.picture("settings-background").await;

        // Somebody switches it off in the desktop's own settings.
        fs::write(&entry, format!("{text}Hidden=true\n")).unwrap();
        app.ask("window.dispatchEvent(new Event('focus')); return 0").await;
        until("the switch off", SOON, async || (app.pressed(SWITCH).await == "false").then_some(())).await;
        app.press_at(SWITCH).await;
        until("the entry as it was", SOON, async || (fs::read_to_string(&entry).ok()? == text).then_some(()))
            .await;

        // As the desktop starts it at login: it goes on with what was begun, and nobody sees a window.
        desk.hand_over(&made.path).await;
        let practice = Practice::of(&desk);
        until("some receipts", SOON, async || (practice.receipts().len() > 2).then_some(())).await;
        desk.crash().await;
        assert!(!practice.has(&made), "it had arrived before");
        drop(app);
        let exec = text.lines().find_map(|line| line.strip_prefix("Exec=")).unwrap();
        let mut login = desk.command("/bin/sh");
        login.args(["-c", &format!("exec {exec}")]);
        let mut login = login.spawn().unwrap();
        until("the object", DONE, async || practice.has(&made).then_some(())).await;
        desk.window_is_shown(false).await;
        assert_eq!(desk.running_as("WebKitWebProces"), 0, "a page that nobody sees");
        desk.start_again(&[]).await;
        desk.window_is_shown(true).await;
        desk.crash().await;
        let _ = login.wait().await;

        let app = Driven::start(&desk, &[]).await;
        app.shows("one.mov", SOON).await;
        desk.press_keys("ctrl+comma").await;
        until("the switch on", SOON, async || (app.pressed(SWITCH).await == "true").then_some(())).await;
        app.press_at(SWITCH).await;
        until("no entry", SOON, async || (!entry.exists()).then_some(())).await;
    })
    .await;
}

#[tokio::test]
async fn a_window_opens_where_it_was_closed() {
    bounded(4, async {
        let desk = Desk::set_up().await;
        let app = Driven::start_with_practice(&desk).await;
        desk.press_keys("ctrl+q").await;
        until("the end", SOON, async || desk.running("partway").is_empty().then_some(())).await;
        drop(app);
        let mut first = desk.start_app();
        desk.window_is_shown(true).await;
        desk.place_window((210, 70, 900, 600)).await;
        let before = desk.geometry().await;
        desk.close_window().await;
        let _ = tokio::time::timeout(SOON, first.wait()).await.unwrap();
        for _ in 0..2 {
            let mut next = desk.start_app();
            desk.window_is_shown(true).await;
            until("the place", SOON, async || (desk.geometry().await == before).then_some(())).await;
            desk.close_window().await;
            let _ = tokio::time::timeout(SOON, next.wait()).await.unwrap();
        }
        // A screen that is not there any more.
        let far = r#"{"rect":{"x":5000.0,"y":70.0,"width":900.0,"height":600.0},"maximized":false}"#;
        fs::write(desk.data().join("window.json"), far).unwrap();
        let mut last = desk.start_app();
        desk.window_is_shown(true).await;
        until("the window on the screen", SOON, async || {
            let (x, ..) = desk.geometry().await;
            (0..1000).contains(&x).then_some(())
        })
        .await;
        desk.close_window().await;
        let _ = tokio::time::timeout(SOON, last.wait()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_window_opens_where_it_stood_when_the_app_was_killed() {
    bounded(3, async {
        let desk = Desk::set_up().await;
        let mut first = desk.start_app();
        desk.window_is_shown(true).await;
        desk.place_window((230, 90, 880, 560)).await;
        let before = desk.geometry().await;
        // Written down a moment after it was moved, whatever comes then.
        let kept = desk.data().join("window.json");
        until("its new place", SOON, async || fs::read_to_string(&kept).ok()?.contains("880").then_some(()))
            .await;
        desk.crash().await;
        let _ = first.wait().await;
        desk.window_is_shown(false).await;
        let mut next = desk.start_app();
        desk.window_is_shown(true).await;
        until("the place", SOON, async || (desk.geometry().await == before).then_some(())).await;
        desk.crash().await;
        let _ = next.wait().await;
    })
    .await;
}

fn entry(desk: &Desk) -> Option<PathBuf> {
    let folder = fs::read_dir(desk.folder("home").join(".config/autostart")).ok()?;
    folder
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end == "desktop"))
}
