//! Closing the window hides it while something uploads and ends the app when nothing does. Ending is always in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use partway_api::Look;
use tauri::{AppHandle, Manager as _};

use crate::engine::Engine;
use crate::ticks::Ticks;
use crate::toast::{self, Button};
use crate::{window, words};

/// What the app gets to say how much is under way; it answers from memory.
const COUNT: Duration = Duration::from_secs(2);

/// What was done already and is done once.
#[derive(Default)]
pub(crate) struct Closing {
    ending: AtomicBool,
    told: AtomicBool,
}

/// The user closed the window.
pub(crate) fn close(app: &AppHandle) {
    let engine = Arc::clone(&app.state::<Arc<Engine>>());
    let app = app.clone();
    engine.clone().runtime().spawn(async move {
        match under_way(&engine).await {
            0 => quit(&app),
            files => hide(&app, files),
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

fn hide(app: &AppHandle, files: u32) {
    app.state::<Ticks>().visible(false);
    window::hide(app);
    if !app.state::<Closing>().told.swap(true, Ordering::SeqCst) {
        let quit_app = app.clone();
        let quit = Button { words: "Quit instead", act: Box::new(move || quit(&quit_app)) };
        toast::show(words::still_uploading(files), Some(quit));
    }
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
