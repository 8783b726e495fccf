//! What notifications tell somebody who does not look at the window, and what their buttons do.

use std::time::Duration;

use serde_json::json;

use crate::support::{Desk, Driven, FileManager, Made, Notifications, Seed, Vendor, bounded, until};

const SOON: Duration = Duration::from_secs(20);
const DONE: Duration = Duration::from_secs(60);
/// Files that need somebody are gathered for 20 seconds before they are told; a machine that is busy.
const GATHERED: Duration = Duration::from_secs(50);
/// The other window, which has the keyboard when Partway has not.
const OTHER: &str = "takes";

#[tokio::test]
async fn the_buttons_of_a_batch_copy_its_links_and_show_its_files() {
    bounded(4, async {
        let mut seed = Seed::of("buttons");
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::with_buttons(&mut desk).await;
        let folder = desk.folder(OTHER);
        let made = Made::in_folder(&folder, "cut.mov", 100_000, &mut seed);
        let other = Made::in_folder(&folder, "other.mov", 100_000, &mut seed);
        let vendor = Vendor::start(&mut desk, &[]).await;
        let app = Driven::start(&desk, &[]).await;
        app.use_vendor("Dailies", &vendor.url, &vendor.key).await;
        FileManager::open(&mut desk, &folder).await;

        // Something of each is left behind, so they are told however short they were.
        desk.start_behind(&[&other.path, &folder.join("missing.mov")], OTHER).await;
        let first = notifications.tells(1, SOON).await;
        assert_eq!(first.words, "1 verified, 1 not sent|Keep the originals.");
        assert_eq!(first.row(), "[Copy link] [Show]");
        assert!(first.silent, "a notification makes no sound");
        desk.start_behind(&[&made.path, &folder.join("missing.mov")], OTHER).await;
        let second = notifications.tells(2, SOON).await;
        assert!(second.id != first.id && !second.replaces, "another batch is another thing to tell");

        // Buttons that are not ours, and one of ours on a notification that is not ours.
        notifications.invoke(&desk, second.id, "retry").await;
        let (show, _) = second.buttons.iter().find(|(_, words)| words == "Show").unwrap();
        notifications.invoke(&desk, second.id + 1_000, show).await;

        notifications.press(&desk, "Copy link").await;
        notifications.withdraws(second.id, SOON).await;
        assert_eq!(
            desk.title_in_front().await,
            OTHER,
            "copying, or a foreign button, brought the window forward"
        );
        notifications.invoke(&desk, first.id, "default").await;
        until("the window in front", SOON, async || (desk.title_in_front().await == "Partway").then_some(()))
            .await;
        app.shows("One batch, 1 file", SOON).await;
        app.rows_show("other.mov", 1, SOON).await;
        assert_eq!(app.rows().await, 1, "only that batch");
        app.picture("one-batch").await;
        app.press("Show all").await;
        app.has_rows(2, SOON).await;

        // What was copied can be pasted into any field.
        app.press("Add destination").await;
        let pasted = app.pasted(&desk, "Name", "http://127.0.0.1").await;
        assert!(pasted.starts_with("http://127.0.0.1") && !pasted.contains("cut.mov\t"), "{pasted}");
    })
    .await;
}

#[tokio::test]
async fn a_refused_key_is_told_once_and_withdrawn_when_it_is_replaced() {
    bounded(4, async {
        let mut seed = Seed::of("refused key");
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::with_buttons(&mut desk).await;
        let folder = desk.folder(OTHER);
        let [first, second] =
            ["first.mov", "second.mov"].map(|name| Made::in_folder(&folder, name, 1_000, &mut seed));
        let vendor = Vendor::start(&mut desk, &["401-key@start:2"]).await;
        let app = Driven::start(&desk, &[]).await;
        let id = app.use_vendor("Dailies", &vendor.url, &vendor.key).await;
        FileManager::open(&mut desk, &folder).await;
        desk.start_behind(&[&first.path], OTHER).await;
        let told = notifications.tells(1, SOON).await;
        assert_eq!(told.words, "Dailies no longer accepts this key.|1 upload waits, nothing is lost.");
        assert_eq!(told.row(), "[Replace key]");
        app.rows_show("Waiting for the key", 1, DONE).await;

        // Another destination is another cause, and its button leads to where the key is typed.
        app.use_vendor("Archive", &vendor.url, &vendor.key).await;
        desk.start_behind(&[&second.path], OTHER).await;
        let other = notifications.tells(2, SOON).await;
        assert_eq!(other.words, "Archive no longer accepts this key.|1 upload waits, nothing is lost.");
        notifications.press(&desk, "Replace key").await;
        app.shows("New key for Archive", SOON).await;
        app.picture("replace-key-from-outside").await;
        assert_eq!(desk.title_in_front().await, "Partway");

        // Set right while its notification stands: that is taken away.
        let key = json!({ "from": "this-session", "key": vendor.key });
        app.command(&json!({ "do": "replace-key", "destination": id, "key": key })).await;
        notifications.withdraws(told.id, SOON).await;
        app.rows_show("Verified", 1, DONE).await;
        assert_eq!(notifications.told().len(), 2, "once a cause: {:?}", notifications.told());
    })
    .await;
}

#[tokio::test]
async fn twenty_files_that_need_somebody_are_told_once_and_a_retry_takes_it_away() {
    bounded(5, async {
        let mut seed = Seed::of("gathered");
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::with_buttons(&mut desk).await;
        let folder = desk.folder(OTHER);
        let made: Vec<_> =
            (0..22).map(|n| Made::in_folder(&folder, &format!("{n}.mov"), 1_000, &mut seed)).collect();
        let vendor = Vendor::start(&mut desk, &["415-type@start:20"]).await;
        let app = Driven::start(&desk, &[]).await;
        app.use_vendor("Dailies", &vendor.url, &vendor.key).await;
        FileManager::open(&mut desk, &folder).await;
        let paths: Vec<_> = made.iter().map(|made| made.path.as_path()).collect();
        desk.start_behind(&paths, OTHER).await;
        let told = notifications.tells(1, GATHERED).await;
        assert_eq!(told.words, "20 of 22 need you|2 verified at Dailies. Keep the originals.");
        assert_eq!(told.row(), "[Retry] [Review]");
        app.picture("needs-attention").await;
        app.command(&json!({ "do": "retry", "jobs": { "of": "all" } })).await;
        notifications.withdraws(told.id, SOON).await;
        // That all went through may be told, nothing else.
        let more = notifications.told().split_off(1);
        assert!(more.iter().all(|told| told.words == "All 22 verified at Dailies|"), "{more:?}");
    })
    .await;
}

#[tokio::test]
async fn pressing_retry_tries_again_and_neither_that_nor_a_restart_repeats_a_cause() {
    bounded(5, async {
        let mut seed = Seed::of("restart");
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::with_buttons(&mut desk).await;
        let folder = desk.folder(OTHER);
        let made: Vec<_> =
            (0..3).map(|n| Made::in_folder(&folder, &format!("{n}.mov"), 1_000, &mut seed)).collect();
        let vendor = Vendor::start(&mut desk, &["402-quota@start"]).await;
        let app = Driven::start(&desk, &[]).await;
        app.use_vendor("Dailies", &vendor.url, &vendor.key).await;
        FileManager::open(&mut desk, &folder).await;
        let paths: Vec<_> = made.iter().map(|made| made.path.as_path()).collect();
        desk.start_behind(&paths, OTHER).await;
        let told = notifications.tells(1, SOON).await;
        assert!(told.words.starts_with("Dailies has no room left.|"), "{told:?}");
        assert_eq!(told.row(), "[Retry] [Review]");
        app.rows_show("Needs attention", 3, DONE).await;
        let starts = || {
            let log = std::fs::read_to_string(desk.data().join("../vendor/log")).unwrap_or_default();
            log.lines().filter(|line| line.contains(r#""step":"start""#)).count()
        };
        let before = starts();
        assert!(before >= 3, "{before}");
        let (retry, _) = told.buttons.iter().find(|(_, words)| words == "Retry").unwrap().clone();
        notifications.invoke(&desk, told.id, &retry).await;
        until("another try of each", SOON, async || (starts() >= before + 3).then_some(())).await;
        app.rows_show("Needs attention", 3, DONE).await;

        desk.crash_app().await;
        drop(app);
        let app = Driven::start(&desk, &[]).await;
        app.rows_show("Needs attention", 3, DONE).await;
        let before = starts();
        // The button of a process that is gone.
        notifications.invoke(&desk, told.id, &retry).await;
        app.use_practice().await;
        desk.start_behind(&[&made[0].path, &folder.join("missing.mov")], OTHER).await;
        // Whatever else was told is there before it.
        let last = notifications.tells(2, SOON).await;
        assert_eq!(last.words, "1 practised, 1 not sent|Keep the originals.");
        assert_eq!(notifications.told().len(), 2, "{:?}", notifications.told());
        assert_eq!(starts(), before, "a button of before tried something");
    })
    .await;
}

#[tokio::test]
async fn without_a_service_the_app_works_and_says_so_in_the_settings() {
    bounded(3, async {
        let mut seed = Seed::of("no service");
        let mut desk = Desk::set_up().await;
        let folder = desk.folder(OTHER);
        let made = Made::in_folder(&folder, "cut.mov", 1_000, &mut seed);
        let app = Driven::start_with_practice(&desk).await;
        FileManager::open(&mut desk, &folder).await;
        desk.start_behind(&[&made.path, &folder.join("missing.mov")], OTHER).await;
        app.rows_show("Practice finished", 1, DONE).await;
        app.press("Settings").await;
        app.shows("No notification service answered:", SOON).await;
        app.shows("Everything it would tell is in this window too.", SOON).await;
        app.picture("settings-no-notifications").await;

        let notifications = Notifications::with_buttons(&mut desk).await;
        app.press("Send a test").await;
        app.shows("A test was sent. Shown by mock-notify.", SOON).await;
        app.picture("settings-notifications").await;
        assert_eq!(notifications.tells(1, SOON).await.words.split('|').next(), Some("Partway can tell you"));
    })
    .await;
}
