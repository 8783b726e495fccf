//! Sleep: the computer is kept from falling into it while something uploads, and what follows when it slept after all.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use partway_api::{Notice, NoticeAction, NoticeButton};
use partway_core::{Clocks, Slept, slept};

use crate::{App, words};

/// How often the clocks are looked at, and whether something uploads.
const LOOK: Duration = Duration::from_secs(2);

/// The notice's id.
pub(crate) const NOTICE: &str = "slept";

/// The system's way of keeping a computer awake, handed in: idle sleep, not the screen, and not a lid that is closed.
pub trait KeepAwake: Send + Sync {
    /// From now on, or no longer. May block for a moment.
    ///
    /// # Errors
    /// Why the system does not do it. Nothing else depends on it.
    fn keep(&self, awake: bool) -> Result<(), String>;
}

/// What is known of sleep.
#[derive(Default)]
pub(crate) struct Sleep {
    /// The line about the last one, until somebody has seen it.
    line: Option<String>,
    /// Why the computer cannot be kept awake.
    trouble: Option<String>,
}

/// Looks at the clocks and at what uploads, until the app ends.
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
        // What is paused or waits for a key has no run.
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
    // What could not be done stays known when nothing uploads any more, for who looks into the settings then.
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
    // Whom nothing was uploading for, sleep is no news.
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

/// Somebody saw it.
pub(crate) fn seen(app: &App) {
    app.0.sleep.lock().unwrap_or_else(PoisonError::into_inner).line = None;
    app.touch();
}

/// Why the computer cannot be kept awake, for the settings.
pub(crate) fn trouble(app: &App) -> Option<String> {
    let sleep = app.0.sleep.lock().unwrap_or_else(PoisonError::into_inner);
    sleep.trouble.as_ref().map(|_| words::CANNOT_KEEP_AWAKE.into())
}
