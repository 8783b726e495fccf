//! Notifications for somebody who does not see the window. The app says what and when; here they are shown, and their buttons do something.

use std::sync::Arc;

use partway_api::{Command, Done, Filter, Selection, Visit};
use partway_app::{Order, Press};
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::clipboard::Clipboard;
use crate::engine::Engine;
use crate::poster::Poster;
use crate::{drops, visits, window};

/// Follows what is to be told until the app ends.
pub(crate) async fn follow(app: AppHandle, engine: Arc<Engine>) {
    let looking = app.clone();
    let mut telling = engine.tell(move || window::has_focus(&looking)).await;
    let mut poster = Poster::new(Arc::new(move |press| {
        engine.runtime().spawn(pressed(app.clone(), Arc::clone(&engine), press));
    }));
    while let Some(order) = telling.next().await {
        match order {
            Order::Show(message) => poster.show(message),
            Order::Withdraw(tag) => poster.withdraw(&tag),
        }
    }
}

/// Does what a button says. What it was about may be long over; then there is nothing to do.
async fn pressed(app: AppHandle, engine: Arc<Engine>, press: Press) {
    match press {
        Press::Show { batch } => visits::go(&app, Visit { batch, ..Visit::default() }),
        Press::Review => visits::go(&app, Visit { filter: Filter::NeedsAttention, ..Visit::default() }),
        Press::ReplaceKey { destination } => {
            visits::go(&app, Visit { replace_key: Some(destination), ..Visit::default() });
        }
        Press::CopyLinks { batch } => {
            let show = Visit { batch: Some(batch.clone()), ..Visit::default() };
            match engine.command(Command::Link { jobs: Selection::Batch(batch) }).await {
                Ok(Done::Link { text }) => {
                    let clipboard = Arc::clone(&app.state::<Arc<Clipboard>>());
                    // The window system may take its time.
                    let put = tauri::async_runtime::spawn_blocking(move || clipboard.put(text)).await;
                    if let Ok(Err(why)) = put {
                        visits::go(&app, show);
                        let _ = app.emit_to(window::MAIN, drops::REFUSED, why);
                    }
                }
                // There is none any more: then at least the files are shown.
                _ => visits::go(&app, show),
            }
        }
        Press::Retry { batches } => {
            for batch in batches {
                // One that left the list has nothing to try again.
                let _ = engine.command(Command::Retry { jobs: Selection::Batch(batch) }).await;
            }
        }
    }
}
