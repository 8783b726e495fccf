//! A front is the holder or a guest, and a guest becomes the holder when the holder is gone.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partway_api::{Answer, ApiError, Code, Request};
use partway_app::OpenError;
use partway_bridge::{AskError, FolderLock, Front, Heard, Server};
use tokio::time::timeout;

use crate::double::Double;

/// Long enough for a busy machine; only a broken test waits this long.
const LONG: Duration = Duration::from_secs(20);

async fn open(folder: &Path, double: &Double) -> Front<Double> {
    let double = double.clone();
    Front::open(folder, || async { Ok(double) }, |_| false).await.unwrap()
}

#[tokio::test]
async fn the_first_holds_and_the_second_asks_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (Double::new(), Double::new());
    let holder = open(folder.path(), &one).await;
    let guest = open(folder.path(), &two).await;
    assert!(holder.is_holder() && !guest.is_holder());
    assert!(matches!(guest.ask(Request::List).await.unwrap(), Answer::Jobs { .. }));
    assert_eq!((one.asked().len(), two.asked().len()), (1, 0));
}

#[tokio::test]
async fn a_guest_hears_that_the_holder_ended_and_becomes_the_holder() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (Double::new(), Double::new());
    let holder = open(folder.path(), &one).await;
    let guest = open(folder.path(), &two).await;
    let mut events = guest.follow().await.unwrap();
    assert_eq!(holder.clients_following(), 1);
    holder.close(Duration::from_secs(3)).await;
    assert_eq!(one.closed(), Some(Duration::from_secs(3)));
    assert_eq!(timeout(LONG, events.next()).await.unwrap(), Heard::HolderGone);
    assert_eq!(guest.ask(Request::List).await.unwrap_err(), AskError::HolderGone);
    let next = open(folder.path(), &two).await;
    assert!(next.is_holder());
    next.ask(Request::List).await.unwrap();
    assert_eq!(two.asked().len(), 1);
}

#[tokio::test]
async fn a_question_that_stands_when_the_holder_ends_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let one = Double::new();
    let holder = open(folder.path(), &one).await;
    let guest = Arc::new(open(folder.path(), &Double::new()).await);
    let asking = Arc::clone(&guest);
    let standing = tokio::spawn(async move { asking.ask(Request::TakeUp { since: None }).await });
    while one.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    holder.close(Duration::ZERO).await;
    assert_eq!(timeout(LONG, standing).await.unwrap().unwrap().unwrap_err(), AskError::HolderGone);
}

#[tokio::test]
async fn the_gap_of_a_holder_that_is_starting_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let lock = FolderLock::take(folder.path()).unwrap().unwrap();
    let path = folder.path().to_path_buf();
    let guest = tokio::spawn(async move { open(&path, &Double::new()).await.is_holder() });
    // Starts listening only after the other has found the lock without a listener.
    tokio::task::yield_now().await;
    let _server = Server::start(Double::new(), lock, |_| false).unwrap();
    assert!(!timeout(LONG, guest).await.unwrap().unwrap());
}

#[tokio::test]
async fn a_folder_whose_app_cannot_be_opened_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let newer = || async { Err(OpenError("The journal is of a newer Partway.".to_owned())) };
    let opened = Front::<Double>::open(folder.path(), newer, |_| false).await;
    assert_eq!(opened.err().unwrap().to_string(), "The journal is of a newer Partway.");
    assert!(FolderLock::take(folder.path()).unwrap().is_some());
}

#[tokio::test]
async fn a_second_start_brings_the_window_forward() {
    let folder = tempfile::tempdir().unwrap();
    let shown = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&shown);
    let on_show = move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        true
    };
    let holder = Front::open(folder.path(), || async { Ok(Double::new()) }, on_show).await.unwrap();
    let guest = open(folder.path(), &Double::new()).await;
    guest.ask(Request::Show).await.unwrap();
    holder.ask(Request::Show).await.unwrap();
    assert_eq!(shown.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_a_second_start_has_to_tell_reaches_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let on_show = move |what: Option<ApiError>| {
        heard.lock().unwrap().extend(what);
        true
    };
    let holder = Front::open(folder.path(), || async { Ok(Double::new()) }, on_show).await.unwrap();
    let guest = open(folder.path(), &Double::new()).await;
    let what = ApiError::new(Code::Refused, "nix.mov was not found.");
    for front in [&guest, &holder] {
        front.ask(Request::Tell { what: what.clone() }).await.unwrap();
    }
    assert_eq!(*told.lock().unwrap(), [what.clone(), what]);
}

#[tokio::test]
async fn a_holder_without_a_window_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let holder = open(folder.path(), &Double::new()).await;
    let guest = open(folder.path(), &Double::new()).await;
    let tell = || Request::Tell { what: ApiError::new(Code::Refused, "Not taken.") };
    for front in [&holder, &guest] {
        for request in [Request::Show, tell()] {
            assert!(
                matches!(front.ask(request).await, Err(AskError::Api(why)) if why.message.contains("no window"))
            );
        }
    }
}

#[tokio::test]
async fn the_holder_can_wait_until_nobody_follows() {
    let folder = tempfile::tempdir().unwrap();
    let holder = open(folder.path(), &Double::new()).await;
    timeout(LONG, holder.until_nobody_follows()).await.unwrap();
    let guest = open(folder.path(), &Double::new()).await;
    let events = guest.follow().await.unwrap();
    let mut waiting = std::pin::pin!(holder.until_nobody_follows());
    assert!(timeout(Duration::from_millis(50), &mut waiting).await.is_err());
    drop((guest, events));
    timeout(LONG, waiting).await.unwrap();
}
