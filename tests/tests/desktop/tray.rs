//! The tray of a real panel: what it shows while the window is closed, and what its menu does.

use std::time::Duration;

use crate::support::{Desk, Driven, Made, Panel, Practice, Seed, bounded, resume, stop, until};

const SOON: Duration = Duration::from_secs(20);
const DONE: Duration = Duration::from_secs(90);

#[tokio::test]
async fn a_closed_window_goes_on_in_the_tray_and_its_menu_does_what_it_says() {
    bounded(5, async {
        let mut seed = Seed::of("tray");
        let mut desk = Desk::set_up().await;
        let panel = Panel::start(&mut desk).await;
        let made = Made::in_folder(&desk.folder("takes"), "ep12_master.mov", 300_000_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;
        panel.has_icon(&desk).await;
        assert_eq!(panel.rows(&desk).await, ["Nothing is uploading", "Add files", "Open Partway", "Quit"]);
        desk.screenshot("tray-idle").await;
        let practice = Practice::of(&desk);
        let helper = desk.helper().await;

        desk.hand_over(&made.path).await;
        until("some receipts", SOON, async || (practice.receipts().len() > 3).then_some(())).await;
        stop(&helper);
        desk.close_window().await;
        desk.window_is_shown(false).await;
        assert_eq!(desk.running("partway").len(), 1, "it goes on");
        let confirmed = practice.receipts().len() * (8 << 20) * 100 / 300_000_000;
        panel.row(&desk, &format!("ep12_master.mov  {confirmed} %"), SOON).await;
        panel.row(&desk, "Uploading 1 file, ", SOON).await;
        panel.open_with_the_pointer(&desk).await;
        desk.screenshot("tray-working").await;
        desk.run("xdotool", ["key", "Escape"]).await;

        panel.press(&desk, "Pause all").await;
        panel.row(&desk, "Resume all", SOON).await;
        resume(&helper);
        panel.row(&desk, "1 file paused", SOON).await;
        assert!(!panel.rows(&desk).await.contains(&"Pause all".to_owned()), "nothing is left to pause");
        let paused_at = practice.receipts().len();
        panel.press(&desk, "Resume all").await;
        until("another receipt", SOON, async || (practice.receipts().len() > paused_at).then_some(())).await;
        panel.row(&desk, "Nothing is uploading", DONE).await;
        assert!(practice.has(&made), "it arrived with nobody looking");

        panel.press(&desk, "Open Partway").await;
        desk.window_is_shown(true).await;
        app.rows_show("Practice finished", 1, SOON).await;
        // Nothing is to do, and still closing hides: the icon brings it back.
        desk.close_window().await;
        desk.window_is_shown(false).await;
        panel.press_icon(&desk).await;
        desk.window_is_shown(true).await;
        desk.close_window().await;
        desk.window_is_shown(false).await;
        panel.press(&desk, "Quit").await;
        until("the end", SOON, async || desk.running("partway").is_empty().then_some(())).await;
    })
    .await;
}

#[tokio::test]
async fn quitting_with_work_in_progress_asks_once_and_goes_on_next_time() {
    bounded(5, async {
        let mut seed = Seed::of("quit");
        let mut desk = Desk::set_up().await;
        let panel = Panel::start(&mut desk).await;
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 60_000_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;
        panel.has_icon(&desk).await;
        let helper = desk.helper().await;
        stop(&helper);
        desk.hand_over(&made.path).await;
        app.has_rows(1, SOON).await;

        // From the keyboard, with the window there.
        desk.press_keys("ctrl+q").await;
        desk.dialog("Quit Partway?", true).await;
        desk.screenshot("quit-asks").await;
        desk.press_in("Quit Partway?", "Escape").await;
        desk.dialog("Quit Partway?", false).await;
        assert_eq!(desk.running("partway").len(), 1, "it was not to end");

        // From the tray, with the window closed.
        desk.close_window().await;
        desk.window_is_shown(false).await;
        panel.press(&desk, "Quit").await;
        desk.dialog("Quit Partway?", true).await;
        panel.press(&desk, "Quit").await;
        assert_eq!(desk.dialogs("Quit Partway?").await, 1, "asked twice at once");
        desk.screenshot("quit-asks-from-the-tray").await;
        resume(&helper);
        desk.press_in("Quit Partway?", "Return").await;
        until("the end", SOON, async || desk.running("partway").is_empty().then_some(())).await;
        assert!(!desk.data().join("journal.db-wal").exists(), "the journal was not closed");
        drop(app);

        let again = Driven::start(&desk, &[]).await;
        again.rows_show("Practice finished", 1, DONE).await;
        assert!(Practice::of(&desk).has(&made));
    })
    .await;
}

#[tokio::test]
async fn files_are_asked_for_once_however_often_that_is_pressed() {
    bounded(3, async {
        let mut seed = Seed::of("add twice");
        let mut desk = Desk::set_up().await;
        let panel = Panel::start(&mut desk).await;
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 1_000_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;
        panel.has_icon(&desk).await;
        desk.close_window().await;
        desk.window_is_shown(false).await;
        panel.press(&desk, "Add files").await;
        desk.dialog("Add files", true).await;
        for _ in 0..3 {
            panel.press(&desk, "Add files").await;
            // Time that has to pass: a second dialog is there by then.
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(desk.dialogs("Add files").await, 1, "asked twice at once");
        }
        desk.screenshot("add-files-from-the-tray").await;
        desk.press_in("Add files", "Escape").await;
        desk.dialog("Add files", false).await;
        // Its turn is over.
        panel.press(&desk, "Add files").await;
        desk.choose_in_dialog("Add files", &made.path).await;
        app.has_rows(1, SOON).await;
    })
    .await;
}

#[tokio::test]
async fn a_panel_that_comes_later_gets_the_icon_too() {
    bounded(3, async {
        let mut desk = Desk::set_up().await;
        let app = Driven::start_with_practice(&desk).await;
        let panel = Panel::start(&mut desk).await;
        panel.has_icon(&desk).await;
        desk.close_window().await;
        desk.window_is_shown(false).await;
        assert!(panel.icon_says(&desk, "Status").await.contains("Active"));
        panel.press(&desk, "Open Partway").await;
        desk.window_is_shown(true).await;
        drop(app);
    })
    .await;
}
