//! macOS and Windows: a thread that holds it, since on Windows the wish is the thread's, ends with it, and only it can take it back.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::{NAME, WHY};

/// Dropped, it ends the thread.
pub(super) struct Held {
    until: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.until.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// From now on until the answer is dropped.
pub(super) fn hold() -> Result<Held, String> {
    let (until, over) = channel();
    let (tell, told) = channel();
    let thread = std::thread::Builder::new()
        .name("awake".into())
        .spawn(move || hold_until(&over, &tell))
        .map_err(|error| error.to_string())?;
    told.recv().map_err(|_| "its thread has ended".to_owned())??;
    Ok(Held { until: Some(until), thread: Some(thread) })
}

fn hold_until(over: &Receiver<()>, tell: &Sender<Result<(), String>>) {
    let held = keepawake::Builder::default()
        .display(false)
        .idle(true)
        .sleep(false)
        .reason(WHY)
        .app_name(NAME)
        .app_reverse_domain("app.partway.desktop")
        .create();
    match held {
        Ok(_held) => {
            let _ = tell.send(Ok(()));
            // Ends when the other side is dropped.
            let _ = over.recv();
        }
        Err(error) => {
            let _ = tell.send(Err(error.to_string()));
        }
    }
}
