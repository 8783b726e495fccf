//! Events and ticks: to many, in order, and a slow reader delays no other.

use std::time::Duration;

use partway_api::{Event, Look, Request};
use partway_bridge::{Client, FolderLock, Front, Heard, Server};
use tokio::time::timeout;

use crate::double::{Double, note};

/// Long enough for a busy machine; only a broken test waits this long.
const LONG: Duration = Duration::from_secs(20);

async fn guest(folder: &std::path::Path) -> Front<Double> {
    Front::open(folder, || async { panic!("the folder is held") }, |_| false).await.unwrap()
}

fn serve(folder: &std::path::Path) -> (Double, Server) {
    let double = Double::new();
    let lock = FolderLock::take(folder).unwrap().unwrap();
    let server = Server::start(double.clone(), lock, |_| false).unwrap();
    (double, server)
}

#[tokio::test]
async fn everybody_who_follows_hears_everything_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let (double, server) = serve(folder.path());
    let (one, two) = (guest(folder.path()).await, guest(folder.path()).await);
    let mut events = [one.follow().await.unwrap(), two.follow().await.unwrap()];
    assert_eq!(*server.following().borrow(), 2);
    for number in 0..10 {
        double.tell(number);
    }
    for events in &mut events {
        for number in 0..10 {
            assert_eq!(timeout(LONG, events.next()).await.unwrap(), Heard::Event(note(number)));
        }
    }
    drop((one, events));
    timeout(LONG, server.following().wait_for(|count| *count == 1)).await.unwrap().unwrap();
}

#[tokio::test]
async fn who_does_not_listen_yet_is_still_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (double, _server) = serve(folder.path());
    let front = guest(folder.path()).await;
    let mut events = front.follow().await.unwrap();
    let mut last = 0;
    // More than any buffer holds, so that something must be dropped: it must not be the answer.
    for number in 0..20_000 {
        double.tell(number);
        if number % 100 == 0 {
            tokio::task::yield_now().await;
        }
        last = number;
    }
    timeout(LONG, front.ask(Request::List)).await.unwrap().unwrap();
    let mut lagged = false;
    loop {
        match timeout(LONG, events.next()).await.unwrap() {
            Heard::Lagged => lagged = true,
            Heard::Event(Event::Note { text, .. }) if text == last.to_string() => break,
            Heard::Event(_) => {}
            Heard::HolderGone => panic!(),
        }
    }
    assert!(lagged, "events were dropped without a word");
}

#[cfg(unix)]
#[tokio::test]
async fn a_reader_that_stands_still_holds_up_nobody_and_is_told_that_it_lags() {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

    use crate::double::KEPT;

    let folder = tempfile::tempdir().unwrap();
    let (double, server) = serve(folder.path());
    let mut still = tokio::net::UnixStream::connect(folder.path().join("socket")).await.unwrap();
    still.write_all(b"{\"id\":1,\"request\":{\"ask\":\"follow\"}}\n").await.unwrap();
    timeout(LONG, server.following().wait_for(|count| *count == 1)).await.unwrap().unwrap();
    let lively = guest(folder.path()).await;
    let mut events = lively.follow().await.unwrap();
    // One at a time, so that the lively one never lags; in total more than socket, queue and source hold for
    // the other.
    for number in 0..20_000 {
        double.tell(number);
        assert_eq!(timeout(LONG, events.next()).await.unwrap(), Heard::Event(note(number)));
    }
    let mut lines = BufReader::new(still).lines();
    let mut read = 0;
    loop {
        let line = timeout(LONG, lines.next_line()).await.unwrap().unwrap().unwrap();
        read += 1;
        if line.contains("lagged") {
            break;
        }
    }
    assert!(read > KEPT, "it heard only {read} lines before it was told");
}

#[tokio::test]
async fn ticks_follow_the_look() {
    let folder = tempfile::tempdir().unwrap();
    let (double, _server) = serve(folder.path());
    let mut looks = double.looks();
    let front = guest(folder.path()).await;
    let first = Look { limit: 10, ..Look::default() };
    let mut ticks = front.watch(first.clone()).await.unwrap();
    assert_eq!(timeout(LONG, looks.recv()).await.unwrap().unwrap(), first);
    double.tick("one");
    assert_eq!(timeout(LONG, ticks.next()).await.unwrap().unwrap().announce, ["one"]);
    let second = Look { offset: 40, ..first };
    ticks.look(second.clone()).await.unwrap();
    assert_eq!(timeout(LONG, looks.recv()).await.unwrap().unwrap(), second);
    double.tick("two");
    assert_eq!(timeout(LONG, ticks.next()).await.unwrap().unwrap().announce, ["two"]);
}

#[tokio::test]
async fn after_ticks_were_dropped_everything_is_asked_for_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (double, _server) = serve(folder.path());
    let mut looks = double.looks();
    let front = guest(folder.path()).await;
    let look = Look { limit: 10, ..Look::default() };
    let mut ticks = front.watch(look.clone()).await.unwrap();
    timeout(LONG, looks.recv()).await.unwrap().unwrap();
    for _ in 0..100 {
        double.tick("many");
    }
    // Answers follow the ticks on the same connection, so by now all ticks were taken or dropped; the server
    // forwards ticks concurrently with answers, so loop until a look is requested again.
    let again = async {
        loop {
            front.ask(Request::List).await.unwrap();
            ticks.next().await.unwrap();
            if let Ok(look) = looks.try_recv() {
                return look;
            }
        }
    };
    assert_eq!(timeout(LONG, again).await.unwrap(), look);
}

#[tokio::test]
async fn a_client_that_hangs_up_ends_its_streams_only() {
    let folder = tempfile::tempdir().unwrap();
    let (_double, server) = serve(folder.path());
    let client = Client::connect(folder.path()).await.unwrap().unwrap();
    let _events = client.follow().await.unwrap();
    assert_eq!(*server.following().borrow(), 1);
    drop(client);
    timeout(LONG, server.following().wait_for(|count| *count == 0)).await.unwrap().unwrap();
    assert!(Client::connect(folder.path()).await.unwrap().is_some());
}
