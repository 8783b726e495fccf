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
        desk.in_front(OTHER).await;

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
        let field = app.field("Name").await;
        field.click().await.unwrap();
        desk.press_keys("ctrl+v").await;
        app.field_holds(&field, "cut.mov").await;
        let pasted = field.prop("value").await.unwrap().unwrap();
        assert!(pasted.contains("http://127.0.0.1"), "{pasted}");
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
        let made: Vec<_> =
            (0..12).map(|n| Made::in_folder(&folder, &format!("{n}.mov"), 1_000, &mut seed)).collect();
        let last = Made::in_folder(&folder, "last.mov", 1_000, &mut seed);
        let vendor = Vendor::start(&mut desk, &[]).await;
        let app = Driven::start(&desk, &[]).await;
        let id = app.use_vendor("Dailies", &vendor.url, "not the key").await;
        FileManager::open(&mut desk, &folder).await;
        desk.in_front(OTHER).await;
        let paths: Vec<_> = made.iter().map(|made| made.path.as_path()).collect();
        desk.start_behind(&paths, OTHER).await;
        let told = notifications.tells(1, SOON).await;
        assert!(told.words.starts_with("Dailies no longer accepts this key.|"), "{told:?}");
        assert_eq!(told.row(), "[Replace key]");
        app.rows_show("Waiting for the key", 12, DONE).await;

        // Set right while its notification stands: that is taken away.
        let key = json!({ "from": "this-session", "key": vendor.key });
        app.command(&json!({ "do": "replace-key", "destination": id, "key": key })).await;
        notifications.withdraws(told.id, SOON).await;
        app.rows_show("Verified", 12, DONE).await;
        assert_eq!(notifications.told().len(), 1, "once a cause: {:?}", notifications.told());

        // Another destination is another cause, and its button leads to where the key is typed.
        app.use_vendor("Archive", &vendor.url, "not the key").await;
        desk.start_behind(&[&last.path], OTHER).await;
        let told = notifications.tells(2, SOON).await;
        assert_eq!(told.words, "Archive no longer accepts this key.|1 upload waits, nothing is lost.");
        notifications.press(&desk, "Replace key").await;
        app.shows("New key for Archive", SOON).await;
        app.picture("replace-key-from-outside").await;
        assert_eq!(desk.title_in_front().await, "Partway");
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
        desk.in_front(OTHER).await;
        let paths: Vec<_> = made.iter().map(|made| made.path.as_path()).collect();
        desk.start_behind(&paths, OTHER).await;
        app.rows_show("Needs attention", 20, DONE).await;
        let told = notifications.tells(1, GATHERED).await;
        assert_eq!(told.words, "20 of 22 need you|2 verified at Dailies. Keep the originals.");
        assert_eq!(told.row(), "[Retry] [Review]");

        notifications.invoke(&desk, told.id, "default").await;
        until("the window in front", SOON, async || (desk.title_in_front().await == "Partway").then_some(()))
            .await;
        app.picture("review").await;
        let chosen = "return document.querySelector('[aria-current=page]')?.innerText ?? ''";
        until("the filter", SOON, async || {
            app.ask(chosen).await.as_str().filter(|text| text.starts_with("Needs attention")).map(drop)
        })
        .await;
        assert_eq!(notifications.told().len(), 1, "20 files are one thing to tell");
    })
    .await;
}

#[tokio::test]
async fn pressing_retry_sends_again_and_a_restart_repeats_nothing() {
    bounded(5, async {
        let mut seed = Seed::of("restart");
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::with_buttons(&mut desk).await;
        let folder = desk.folder(OTHER);
        let made: Vec<_> =
            (0..3).map(|n| Made::in_folder(&folder, &format!("{n}.mov"), 1_000, &mut seed)).collect();
        let vendor = Vendor::start(&mut desk, &["402-quota@start:5"]).await;
        let app = Driven::start(&desk, &[]).await;
        app.use_vendor("Dailies", &vendor.url, &vendor.key).await;
        FileManager::open(&mut desk, &folder).await;
        desk.in_front(OTHER).await;
        let paths: Vec<_> = made.iter().map(|made| made.path.as_path()).collect();
        desk.start_behind(&paths, OTHER).await;
        let told = notifications.tells(1, SOON).await;
        assert!(told.words.starts_with("Dailies has no room left.|"), "{told:?}");
        assert_eq!(told.row(), "[Retry] [Review]");
        app.rows_show("Needs attention", 3, DONE).await;
        let (retry, _) = told.buttons.iter().find(|(_, words)| words == "Retry").unwrap().clone();

        desk.crash().await;
        drop(app);
        let app = Driven::start(&desk, &[]).await;
        app.rows_show("Needs attention", 3, DONE).await;
        desk.in_front(OTHER).await;
        // What another process's button would do now: nothing.
        notifications.invoke(&desk, told.id, &retry).await;
        app.command(&json!({ "do": "practice" })).await;
        let all = app.command(&json!({ "do": "destinations" })).await;
        let practice =
            all["destinations"].as_array().unwrap().iter().find(|one| one["practice"] == true).unwrap();
        app.command(&json!({ "do": "use-destination", "id": practice["id"], "folder": null })).await;
        desk.start_behind(&[&made[0].path, &folder.join("missing.mov")], OTHER).await;
        // Whatever the restart told again is there before it.
        let sentinel = notifications.tells(2, SOON).await;
        assert_eq!(sentinel.words, "1 practised, 1 not sent|Keep the originals.");
        assert_eq!(notifications.told().len(), 2, "{:?}", notifications.told());
        app.rows_show("Needs attention", 3, SOON).await;
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
