//! Closing the window hides it while something uploads and ends the app when nothing does. Ending is always in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use partway_api::{Command, Done, Look, Settings};
use tauri::{AppHandle, Manager as _};

use crate::engine::Engine;
use crate::ticks::Ticks;
use crate::toast::{self, Button};
use crate::{window, words};

/// What the app gets to say how much is under way; it answers from memory.
const COUNT: Duration = Duration::from_secs(2);

/// What was begun already and is done once.
#[derive(Default)]
pub(crate) struct Closing {
    ending: AtomicBool,
}

/// The user closed the window.
pub(crate) fn close(app: &AppHandle) {
    let engine = Arc::clone(&app.state::<Arc<Engine>>());
    let app = app.clone();
    engine.clone().runtime().spawn(async move {
        match under_way(&engine).await {
            0 => quit(&app),
            files => {
                hide(&app);
                if first_time(&engine).await {
                    say(&app, files);
                }
            }
        }
    });
}

/// Ends the app: parts in flight get their few seconds, the journal is closed, then the process ends with 0.
pub(crate) fn quit(app: &AppHandle) {
    if app.state::<Closing>().ending.swap(true, Ordering::SeqCst) {
        return;
    }
    window::hide(app);
    let engine = Arc::clone(&app.state::<Arc<Engine>>());
    let app = app.clone();
    engine.clone().runtime().spawn(async move {
        engine.end().await;
        app.exit(0);
    });
}

/// Shows the window again.
pub(crate) fn show(app: &AppHandle) {
    if app.state::<Closing>().ending.load(Ordering::SeqCst) {
        return;
    }
    app.state::<Ticks>().visible(true);
    window::bring_forward(app);
}

fn hide(app: &AppHandle) {
    app.state::<Ticks>().visible(false);
    window::hide(app);
}

fn say(app: &AppHandle, files: u32) {
    let app = app.clone();
    let quit = Button { words: "Quit instead", act: Box::new(move || quit(&app)) };
    toast::show(words::still_uploading(files), Some(quit));
}

/// Whether closing has never hidden the window before; from now on it has. Where that cannot be known it is rather said twice.
async fn first_time(engine: &Arc<Engine>) -> bool {
    let Ok(Done::Settings { settings }) = engine.command(Command::Settings).await else { return true };
    let first = !settings.told_of_hiding;
    if first {
        let settings = Settings { told_of_hiding: true, ..settings };
        // Where that cannot be kept it is said once more, and nothing else hangs on it.
        let _ = engine.command(Command::ChangeSettings { settings }).await;
    }
    first
}

/// Files that go on by themselves. Where the app does not say, it is taken for busy: hiding loses nothing.
async fn under_way(engine: &Engine) -> u32 {
    let first = async { engine.watch(Look::default()).await?.1.next().await };
    match tokio::time::timeout(COUNT, first).await {
        Ok(Some(tick)) => tick.counts.map_or(1, |counts| counts.uploading + counts.waiting),
        Ok(None) => 0,
        Err(_) => 1,
    }
}
