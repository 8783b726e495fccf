//! What somebody is told who does not see the window: one notification a finished batch, unless it is not wanted.

use std::time::{Duration, Instant};

use crate::support::{Desk, Driven, FileManager, Made, Notifications, Seed, bounded, resume, stop, until};

/// A success that took less is not told while the window stands on the screen.
const LONG: Duration = Duration::from_secs(30);
const SOON: Duration = Duration::from_secs(15);
const DONE: Duration = Duration::from_secs(60);
/// The other window, which has the keyboard when Partway has not.
const OTHER: &str = "takes";

#[tokio::test]
async fn a_batch_that_took_long_is_told_once_and_not_to_somebody_who_sees_it() {
    bounded(5, async {
        let mut seed = Seed::of("told once");
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::listen(&mut desk).await;
        let folder = desk.folder(OTHER);
        let [seen, long, also_long, last] = [
            ("seen.mov", 1_000),
            ("long.mov", 40_000_000),
            ("also long.mov", 40_000_000),
            ("last.mov", 1_000),
        ]
        .map(|(name, size)| Made::in_folder(&folder, name, size, &mut seed));
        let missing = folder.join("missing.mov");
        let app = Driven::start_with_practice(&desk).await;
        FileManager::open(&mut desk, &folder).await;

        // Something is left of it, so it would be told however short it was; but the window has the keyboard.
        desk.start_again(&[&seen.path, &missing]).await;
        desk.in_front("Partway").await;
        app.rows_show("Practice finished", 1, DONE).await;

        let helper = desk.helper().await;
        stop(&helper);
        desk.start_again(&[&long.path, &also_long.path]).await;
        let begun = Instant::now();
        app.has_rows(3, SOON).await;
        app.press("Pause all").await;
        resume(&helper);
        // Time that has to pass, not time for something to happen.
        tokio::time::sleep((LONG + Duration::from_secs(2)).saturating_sub(begun.elapsed())).await;
        assert_eq!(notifications.heard(), [""; 0], "told to somebody who saw it");
        desk.in_front(OTHER).await;
        app.press("Resume all").await;
        app.rows_show("Practice finished", 3, DONE).await;
        let told = "Practice finished, not uploaded|2 files on this computer only.";
        until("the notification", SOON, async || (!notifications.heard().is_empty()).then_some(())).await;
        assert_eq!(notifications.heard(), [told]);

        // The like of the first one, in a window without the keyboard: whatever was told twice is there before it.
        stop(&helper);
        desk.start_again(&[&last.path, &missing]).await;
        app.has_rows(4, SOON).await;
        desk.in_front(OTHER).await;
        resume(&helper);
        app.rows_show("Practice finished", 4, DONE).await;
        until("the last notification", SOON, async || (notifications.heard().len() > 1).then_some(())).await;
        assert_eq!(notifications.heard(), [told, "1 practised, 1 not sent|Keep the originals."]);
    })
    .await;
}

#[tokio::test]
async fn who_wants_no_notifications_gets_none() {
    bounded(3, async {
        let mut seed = Seed::of("not wanted");
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::listen(&mut desk).await;
        let folder = desk.folder(OTHER);
        let made = Made::in_folder(&folder, "short.mov", 1_000, &mut seed);
        let going = Made::in_folder(&folder, "going.mov", 40_000_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;
        FileManager::open(&mut desk, &folder).await;
        let changed = app
            .outcome(
                "(async call => { const { settings } = await call({ do: 'settings' }); \
                await call({ do: 'change-settings', settings: { ...settings, notify: 'never' } }); \
                return (await call({ do: 'settings' })).settings.notify \
                })(command => window.__TAURI_INTERNALS__.invoke('call', { command }))",
            )
            .await;
        assert_eq!(changed["ok"], "never", "{changed}");

        // Something is left of it, and the window has not the keyboard.
        let helper = desk.helper().await;
        stop(&helper);
        desk.start_again(&[&made.path, &folder.join("missing.mov")]).await;
        app.has_rows(1, SOON).await;
        desk.in_front(OTHER).await;
        resume(&helper);
        app.rows_show("Practice finished", 1, DONE).await;

        // What closing does is told all the same, and whatever was told of the batch is there before it.
        stop(&helper);
        desk.start_again(&[&going.path]).await;
        app.has_rows(2, SOON).await;
        desk.close_window().await;
        desk.window_is_shown(false).await;
        until("what closing does", SOON, async || (!notifications.heard().is_empty()).then_some(())).await;
        assert_eq!(notifications.heard(), ["Still uploading 1 file|Open Partway again to see it."]);
    })
    .await;
}
