//! Notifications by the real services of desktops: one that is told what to press, and one whose buttons are pressed with the pointer.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::support::{Desk, Driven, FileManager, Made, Seed, bounded, until};

const SOON: Duration = Duration::from_secs(20);
const UP: Duration = Duration::from_secs(30);
/// The other window, which has the keyboard when Partway has not.
const OTHER: &str = "takes";

/// A batch that leaves something behind, told by this service: the app is not in front.
async fn told(desk: &mut Desk, service: &str, name: &str) -> Driven {
    let mut seed = Seed::of(name);
    let folder = desk.folder(OTHER);
    let made = Made::in_folder(&folder, "cut.mov", 1_000, &mut seed);
    let service = desk.command(service);
    desk.start(service);
    let ask = "org.freedesktop.Notifications.GetServerInformation";
    until(name, UP, async || {
        let bus = ["-d", "org.freedesktop.Notifications", "-o", "/org/freedesktop/Notifications", "-m", ask];
        desk.output("gdbus", ["call", "--session"].into_iter().chain(bus))
            .await
            .status
            .success()
            .then_some(())
    })
    .await;
    let app = Driven::start_with_practice(desk).await;
    app.press("Settings").await;
    app.press("Send a test").await;
    app.shows(&format!("A test was sent. Shown by {name}."), SOON).await;
    FileManager::open(desk, &folder).await;
    desk.start_behind(&[&made.path, &folder.join("missing.mov")], OTHER).await;
    app
}

#[tokio::test]
async fn dunst_shows_a_batch_and_pressing_it_shows_the_window() {
    bounded(3, async {
        let mut desk = Desk::set_up().await;
        let app = told(&mut desk, "dunst", "dunst").await;
        // The test, and the batch.
        until("the notification", SOON, async || {
            (desk.run("dunstctl", ["count", "displayed"]).await == "2").then_some(())
        })
        .await;
        desk.screenshot("dunst").await;
        // That of the batch alone is left to be pressed.
        desk.run("dunstctl", ["close"]).await;
        assert_eq!(desk.title_in_front().await, OTHER);
        desk.run("dunstctl", ["action", "0"]).await;
        until("the window in front", SOON, async || (desk.title_in_front().await == "Partway").then_some(()))
            .await;
        app.shows("One batch, 1 file", SOON).await;

        desk.run("dunstctl", ["close-all"]).await;
        let history = desk.run("dunstctl", ["history"]).await;
        for words in ["1 practised, 1 not sent", "Keep the originals.", "Partway can tell you"] {
            assert!(history.contains(words), "{words}: {history}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_button_of_xfces_notifications_is_pressed_with_the_pointer() {
    bounded(3, async {
        let mut desk = Desk::set_up().await;
        let service = xfce();
        let app = told(&mut desk, service.to_str().unwrap(), "Xfce Notify Daemon").await;
        let window = until("the notification's window", SOON, async || {
            let found = desk.output("xdotool", ["search", "--onlyvisible", "--class", "xfce4-notifyd"]).await;
            // The test's own, and that of the batch below it.
            String::from_utf8(found.stdout).ok()?.lines().nth(1).map(str::to_owned)
        })
        .await;
        desk.screenshot("xfce4-notifyd").await;
        let geometry = desk.run("xdotool", ["getwindowgeometry", "--shell", &window]).await;
        let number = |name: &str| -> i32 {
            let line = geometry.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim_start_matches('=').parse().unwrap()
        };
        // Its one button stands at the right, below the words.
        let (x, y) = (number("X") + number("WIDTH") - 60, number("Y") + number("HEIGHT") - 30);
        assert_eq!(desk.title_in_front().await, OTHER);
        desk.run("xdotool", ["mousemove", &x.to_string(), &y.to_string(), "click", "1"]).await;
        until("the window in front", SOON, async || (desk.title_in_front().await == "Partway").then_some(()))
            .await;
        app.shows("One batch, 1 file", SOON).await;
    })
    .await;
}

/// The distribution puts it into a folder that is named after the machine's kind.
fn xfce() -> std::path::PathBuf {
    let found = fs::read_dir("/usr/lib").unwrap().flatten();
    let service = |folder: &Path| folder.join("xfce4/notifyd/xfce4-notifyd");
    let all = found.map(|entry| service(&entry.path())).find(|path| path.is_file());
    all.unwrap_or_else(|| panic!("xfce4-notifyd is missing: cargo xtask test installs it"))
}
