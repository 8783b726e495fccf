//! The window's place, written down a moment after it was last moved or made larger: a process that is killed has no end to do it at.

use std::time::Duration;

use tauri::{AppHandle, Manager as _};
use tokio::sync::Notify;

use crate::window;

/// So long it stands still before its place is written: a window that is dragged moves with every step of the pointer.
const CALM: Duration = Duration::from_secs(1);

/// Told of every move, and of every change of size.
#[derive(Default)]
pub(crate) struct Moved(pub(crate) Notify);

/// Writes the place down whenever the window has come to rest.
pub(crate) async fn follow(app: AppHandle) {
    loop {
        rest(&app.state::<Moved>().0, || tokio::time::sleep(CALM)).await;
        window::keep_place(&app);
    }
}

/// Until something moved, and then nothing for as long as it takes to be calm.
async fn rest<F: Future<Output = ()>>(moved: &Notify, calm: impl Fn() -> F) {
    moved.notified().await;
    loop {
        tokio::select! {
            biased;
            () = moved.notified() => {}
            () = calm() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_place_is_written_once_the_window_rests_and_never_while_it_moves() {
        let (moved, time) = (Notify::new(), Notify::new());
        let mut resting = pin!(rest(&moved, || time.notified()));
        let mut rests = || resting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        assert!(!rests());
        time.notify_waiters();
        assert!(!rests(), "nothing has moved");
        for _ in 0..30 {
            moved.notify_one();
            assert!(!rests(), "it only just moved");
        }
        // Calm for long enough, but for one more move at the end of it: not by chance, so more than once.
        for _ in 0..30 {
            time.notify_waiters();
            moved.notify_one();
            assert!(!rests(), "it moved again");
        }
        time.notify_waiters();
        assert!(rests());
    }
}
