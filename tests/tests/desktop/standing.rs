//! What stands on the desktop when the app ends: its buttons end with it, so it is taken away, by this process or by the next one.

use std::path::PathBuf;
use std::time::Duration;

use crate::support::{
    Desk, Driven, FileManager, Made, Notifications, Seed, Told, Vendor, bounded, terminate, until,
};

const SOON: Duration = Duration::from_secs(30);
/// The other window, which has the keyboard when Partway has not.
const OTHER: &str = "takes";

/// An app whose vendor has no room left, which is told.
async fn told_of_quota(desk: &mut Desk, notifications: &Notifications) -> (Driven, Told, PathBuf) {
    let mut seed = Seed::of("standing");
    let folder = desk.folder(OTHER);
    let made = Made::in_folder(&folder, "a.mov", 1_000, &mut seed);
    let vendor = Vendor::start(desk, &["402-quota@start"]).await;
    let app = Driven::start(desk, &[]).await;
    app.use_vendor("Dailies", &vendor.url, &vendor.key).await;
    FileManager::open(desk, &folder).await;
    desk.start_behind(&[&made.path], OTHER).await;
    let told = notifications.tells(1, SOON).await;
    assert!(told.words.starts_with("Dailies has no room left.|"), "{told:?}");
    (app, told, made.path)
}

/// `kill -9`, once the next process could know what stands.
async fn crash(desk: &Desk, standing: usize) {
    until("what stands, written down", SOON, async || (desk.standing() == standing).then_some(())).await;
    desk.crash_app().await;
}

/// Has a batch of *Practice* told that leaves something behind. What comes before it in time came before it to the desktop.
async fn tell_another(app: &Driven, desk: &Desk, notifications: &Notifications, so_many: usize) -> Told {
    app.use_practice().await;
    let folder = desk.folder(OTHER);
    desk.start_behind(&[&folder.join("a.mov"), &folder.join("missing.mov")], OTHER).await;
    let told = notifications.tells(so_many, SOON).await;
    assert_eq!(told.words, "1 practised, 1 not sent|Keep the originals.", "{:?}", notifications.told());
    told
}

#[tokio::test]
async fn an_end_in_order_takes_away_what_stands() {
    bounded(4, async {
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::with_buttons(&mut desk).await;
        let (app, first, _) = told_of_quota(&mut desk, &notifications).await;
        let second = tell_another(&app, &desk, &notifications, 2).await;
        assert_eq!(notifications.withdrawn(), [0; 0]);
        terminate(&desk.running("partway"));
        until("the end of the app", SOON, async || desk.running("partway").is_empty().then_some(())).await;
        drop(app);
        let mut gone = notifications.withdrawn();
        gone.sort_unstable();
        assert_eq!(gone, [first.id, second.id]);
        assert_eq!(notifications.told().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_a_crash_left_is_taken_away_at_the_next_start_and_not_told_anew() {
    bounded(4, async {
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::with_buttons(&mut desk).await;
        let (app, first, _) = told_of_quota(&mut desk, &notifications).await;
        crash(&desk, 1).await;
        drop(app);
        assert_eq!(notifications.withdrawn(), [0; 0], "nobody was there to do it");
        let app = Driven::start(&desk, &[]).await;
        notifications.withdraws(first.id, SOON).await;
        // The cause still stands: the window says it, and no notification does again.
        app.rows_show("Needs attention", 1, SOON).await;
        let next = tell_another(&app, &desk, &notifications, 2).await;
        assert_eq!(notifications.withdrawn(), [first.id], "what this process shows stays");
        assert!(next.id > first.id);

        // And a third one finds those of the second, and nothing else.
        crash(&desk, 1).await;
        drop(app);
        let _app = Driven::start(&desk, &[]).await;
        notifications.withdraws(next.id, SOON).await;
        assert_eq!(notifications.withdrawn(), [first.id, next.id]);
    })
    .await;
}

#[tokio::test]
async fn a_number_of_a_service_that_was_started_anew_is_somebody_elses() {
    bounded(4, async {
        let mut desk = Desk::set_up().await;
        let notifications = Notifications::with_buttons(&mut desk).await;
        let (app, first, _) = told_of_quota(&mut desk, &notifications).await;
        crash(&desk, 1).await;
        drop(app);
        let notifications = notifications.start_anew(&mut desk).await;
        let mail = notifications.told_by_another(&desk, "You have mail").await;
        assert_eq!(mail, first.id, "the same number again");
        let app = Driven::start(&desk, &[]).await;
        tell_another(&app, &desk, &notifications, 2).await;
        assert_eq!(notifications.withdrawn(), [0; 0], "another program's was taken away");
    })
    .await;
}
