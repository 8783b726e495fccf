//! A holder that is suspended or frozen is reported; one that is only busy with a request is not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use partway_api::Request;
use partway_app::OpenError;
use partway_bridge::{FolderLock, Front, Server};
use tokio::time::timeout;

use crate::double::Double;

type Told = Arc<Mutex<Vec<bool>>>;

async fn guest(folder: &std::path::Path) -> (Front<Double>, Told) {
    let told = Told::default();
    let kept = Arc::clone(&told);
    let never = || async { Err(OpenError("the folder is held".into())) };
    let front =
        Front::open_telling(folder, never, |_| false, move |silent| kept.lock().unwrap().push(silent)).await;
    (front.unwrap(), told)
}

/// Like a stopped process: the system accepts connections, but nothing reads them.
#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_connections_and_never_answers_is_told_of_and_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let _lock = FolderLock::take(folder.path()).unwrap().unwrap();
    let _listener = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    let (front, told) = guest(folder.path()).await;
    let begun = tokio::time::Instant::now();
    timeout(Duration::from_millis(4900), front.ask(Request::List)).await.unwrap_err();
    assert!(told.lock().unwrap().is_empty());
    timeout(Duration::from_secs(3600), front.follow()).await.map(drop).unwrap_err();
    assert_eq!(*told.lock().unwrap(), [true]);
    assert!(begun.elapsed() > Duration::from_secs(3600), "it was not waited for");
    timeout(Duration::from_secs(1), front.silent()).await.unwrap();
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_folder_that_is_held_by_somebody_who_does_not_listen_is_told_of_before_it_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let _lock = FolderLock::take(folder.path()).unwrap().unwrap();
    let told = Told::default();
    let kept = Arc::clone(&told);
    let never = || async { Err(OpenError("the folder is held".into())) };
    let opened = Front::<Double>::open_telling(
        folder.path(),
        never,
        |_| false,
        move |silent| kept.lock().unwrap().push(silent),
    );
    assert!(opened.await.is_err());
    assert_eq!(*told.lock().unwrap(), [true]);
}

#[tokio::test]
async fn a_holder_that_is_long_at_one_request_is_not_silent() {
    let folder = tempfile::tempdir().unwrap();
    let lock = FolderLock::take(folder.path()).unwrap().unwrap();
    let _server = Server::start(Double::new(), lock, |_| false).unwrap();
    let (front, told) = guest(folder.path()).await;
    // Real seconds, because the socket is real: one ping is sent and answered.
    timeout(Duration::from_secs(6), front.ask(Request::TakeUp { since: None })).await.unwrap_err();
    timeout(Duration::from_secs(3), front.silent()).await.unwrap_err();
    assert!(told.lock().unwrap().is_empty());
}
