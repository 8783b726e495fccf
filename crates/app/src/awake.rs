//! Keeps the computer awake while something uploads, and reacts when it slept anyway.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use partway_api::{Notice, NoticeAction, NoticeButton};
use partway_core::{Clocks, Slept, slept};

use crate::{App, words};

/// How often the clocks and running uploads are checked.
const LOOK: Duration = Duration::from_secs(2);

/// The notice's id.
pub(crate) const NOTICE: &str = "slept";

/// The host's way to keep the computer awake: prevents idle sleep, but not the screen turning off or sleep on
/// a closed lid.
pub trait KeepAwake: Send + Sync {
    /// Starts or stops keeping the computer awake. May block for a moment.
    ///
    /// # Errors
    /// Why the system refused. Nothing else depends on it.
    fn keep(&self, awake: bool) -> Result<(), String>;
}

/// Sleep state.
#[derive(Default)]
pub(crate) struct Sleep {
    /// The line about the last sleep, until it is dismissed.
    line: Option<String>,
    /// Why the computer cannot be kept awake.
    trouble: Option<String>,
}

/// Watches the clocks and running uploads until the app ends.
pub(crate) async fn serve(app: App, way: Option<Arc<dyn KeepAwake>>) {
    let mut closed = app.0.closed.subscribe();
    tokio::select! {
        () = crate::app::closed(&mut closed) => {}
        () = follow(&app, way.as_ref()) => {}
    }
    if let Some(way) = way {
        keep(&app, &way, false).await;
    }
}

async fn follow(app: &App, way: Option<&Arc<dyn KeepAwake>>) {
    let mut before = clocks(app);
    let mut kept = false;
    loop {
        tokio::time::sleep(LOOK).await;
        if let Some(slept) = slept(&before, &clocks(app)) {
            woke(app, slept).await;
        }
        before = clocks(app);
        let Some(way) = way else { continue };
        // Uploads that are paused or wait for a key are not live.
        let wanted = !app.0.engine.live().is_empty() && app.settings().await.keep_awake;
        if wanted != kept {
            keep(app, way, wanted).await;
            kept = wanted;
        }
    }
}

fn clocks(app: &App) -> Clocks {
    let clock = &app.0.clock;
    Clocks { unix_ms: clock.unix_ms(), steady: clock.steady(), since_boot: clock.since_boot() }
}

async fn keep(app: &App, way: &Arc<dyn KeepAwake>, awake: bool) {
    let way = Arc::clone(way);
    let done = tokio::task::spawn_blocking(move || way.keep(awake)).await;
    let trouble = done.unwrap_or_else(|_| Err("its thread has ended".into())).err();
    if let Some(trouble) = &trouble {
        tracing::info!(trouble, awake, "the system does not keep this computer awake");
    }
    // Keep a failure after uploads end, so that the settings can still show it.
    if awake {
        app.0.sleep.lock().unwrap_or_else(PoisonError::into_inner).trouble = trouble;
    }
}

async fn woke(app: &App, slept: Slept) {
    tracing::info!(seconds = (slept.until_ms - slept.from_ms) / 1000, "this computer slept");
    if let Err(error) = app.0.engine.woke().await {
        tracing::error!(%error, "uploads could not be set going after a sleep");
    }
    let Ok(sums) = app.0.engine.sums().await else { return };
    // Don't report sleep when nothing was uploading.
    if sums.active + sums.waiting > 0 {
        let line = words::asleep(&slept, sums.open_confirmed, sums.open_size);
        app.0.sleep.lock().unwrap_or_else(PoisonError::into_inner).line = Some(line);
        app.touch();
    }
}

/// The line about the last sleep.
pub(crate) fn notice(app: &App) -> Option<Notice> {
    let title = app.0.sleep.lock().unwrap_or_else(PoisonError::into_inner).line.clone()?;
    let seen =
        NoticeButton { words: "Understood".into(), action: NoticeAction::Dismiss { notice: NOTICE.into() } };
    Some(Notice { id: NOTICE.into(), title, text: String::new(), urgent: false, buttons: vec![seen] })
}

/// Dismisses the notice.
pub(crate) fn seen(app: &App) {
    app.0.sleep.lock().unwrap_or_else(PoisonError::into_inner).line = None;
    app.touch();
}

/// Why the computer cannot be kept awake, for the settings page.
pub(crate) fn trouble(app: &App) -> Option<String> {
    let sleep = app.0.sleep.lock().unwrap_or_else(PoisonError::into_inner);
    sleep.trouble.as_ref().map(|_| words::CANNOT_KEEP_AWAKE.into())
}
