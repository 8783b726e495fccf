//! Notifications for somebody who does not see the window: one a finished batch, and one a destination that needs its key.

use std::sync::Arc;
use std::time::Duration;

use partway_api::{Command, DestinationView, Done, Event};
use tauri::AppHandle;
use tokio::time::{Instant, sleep_until};

use crate::engine::Engine;
use crate::needs::{Needs, waits_for_key};
use crate::words::{self, Batch, Words};
use crate::{toast, window};

/// A success that took no longer than this is not told while the window stands on the screen: the user just dropped it there.
const SHORT_SECONDS: u64 = 30;

/// One refused key stops thousands of files at once: the destinations are looked at when that is over.
const GATHER: Duration = Duration::from_secs(1);

/// Follows what happens until the app ends.
pub(crate) async fn follow(app: AppHandle, engine: Arc<Engine>) {
    let mut events = engine.follow().await;
    let mut needs = Needs::known(&destinations(&engine).await.unwrap_or_default());
    let mut look_at: Option<Instant> = None;
    loop {
        let look = async {
            match look_at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            heard = events.next() => match heard {
                Some(Ok(Event::BatchFinished {
                    destination, files, verified, uploaded, left, seconds, practice, ..
                })) => {
                    let batch = Batch { destination, files, verified, uploaded, left, practice };
                    let short_success = left == 0 && seconds < SHORT_SECONDS;
                    say(&app, &engine, short_success, words::batch_finished(&batch)).await;
                }
                Some(Ok(event)) if waits_for_key(&event) => {
                    look_at.get_or_insert_with(|| Instant::now() + GATHER);
                }
                Some(Ok(_)) => {}
                // A batch whose end was among dropped events is still counted in the list: a notification may be missed, never invented.
                Some(Err(_)) => {
                    look_at.get_or_insert_with(|| Instant::now() + GATHER);
                }
                None => return,
            },
            () = look => {
                look_at = None;
                let Some(found) = destinations(&engine).await else { continue };
                for news in needs.news(&found) {
                    say(&app, &engine, false, news).await;
                }
            }
        }
    }
}

/// Unless the user sees it in the window anyway, or wants to be told nothing.
async fn say(app: &AppHandle, engine: &Arc<Engine>, short_success: bool, words: Words) {
    let seen = window::has_focus(app) || (short_success && window::is_visible(app));
    if !seen && wanted(engine).await {
        toast::show(words, None);
    }
}

async fn destinations(engine: &Arc<Engine>) -> Option<Vec<DestinationView>> {
    match engine.command(Command::Destinations).await {
        Ok(Done::Destinations { destinations }) => Some(destinations),
        _ => None,
    }
}

async fn wanted(engine: &Arc<Engine>) -> bool {
    match engine.command(Command::Settings).await {
        Ok(Done::Settings { settings }) => settings.notify,
        _ => true,
    }
}
