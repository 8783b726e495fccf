//! One notification a finished batch, for somebody who does not see the window.

use std::sync::Arc;

use partway_api::{Command, Done, Event};
use tauri::AppHandle;

use crate::engine::Engine;
use crate::words::{self, Batch};
use crate::{toast, window};

/// A success that took no longer than this is not told while the window stands on the screen: the user just dropped it there.
const SHORT_SECONDS: u64 = 30;

/// Follows what happens until the app ends.
pub(crate) async fn follow(app: AppHandle, engine: Arc<Engine>) {
    let mut events = engine.follow().await;
    // A batch whose end was among dropped events is still counted in the list: a notification may be missed, never invented.
    while let Some(heard) = events.next().await {
        let Ok(Event::BatchFinished {
            destination, files, verified, uploaded, left, seconds, practice, ..
        }) = heard
        else {
            continue;
        };
        let batch = Batch { destination, files, verified, uploaded, left, practice };
        if !seen(&app, left == 0 && seconds < SHORT_SECONDS) && wanted(&engine).await {
            toast::show(words::batch_finished(&batch), None);
        }
    }
}

/// Whether the user sees it in the window anyway.
fn seen(app: &AppHandle, short_success: bool) -> bool {
    window::has_focus(app) || (short_success && window::is_visible(app))
}

async fn wanted(engine: &Arc<Engine>) -> bool {
    match engine.command(Command::Settings).await {
        Ok(Done::Settings { settings }) => settings.notify,
        _ => true,
    }
}
