//! What is shown outside of the window while something changes: the tray, and progress and badge where the desktop shows such.

#[cfg(target_os = "linux")]
#[path = "outside/linux.rs"]
mod here;
#[cfg(not(target_os = "linux"))]
#[path = "outside/others.rs"]
mod here;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager as _};
use tokio::sync::watch;

use crate::engine::Engine;
use crate::glance::{self, Glance, Told};
use crate::pace::Pace;
use crate::tray::Tray;

/// Nothing outside of the window changes more often.
const OFTEN: Duration = Duration::from_secs(1);

/// What was last shown, for whoever goes by it.
pub(crate) struct Outside(watch::Sender<Option<Glance>>);

impl Default for Outside {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Outside {
    /// What is shown from now on; `None` before the first.
    pub(crate) fn follow(&self) -> watch::Receiver<Option<Glance>> {
        self.0.subscribe()
    }
}

/// Shows it until the app ends. Nothing is asked while nothing changes: the next tick comes with the next change.
pub(crate) async fn follow(app: AppHandle, engine: Arc<Engine>) {
    let progress = here::Progress::open().await;
    let mut pace = Pace::new(OFTEN);
    let mut told = Told::default();
    while let Some((side, mut ticks)) = engine.watch_beside(glance::look()).await {
        told.forget();
        while let Some(tick) = ticks.next().await {
            told.take(tick);
            let glance = told.glance();
            let (new, next) = pace.told(Instant::now(), &glance);
            if new {
                app.state::<Tray>().show(&app, &glance).await;
                progress.show(&app, &glance).await;
                app.state::<Outside>().0.send_replace(Some(glance));
            }
            tokio::time::sleep_until(next.into()).await;
        }
        if engine.renew(&side).await.is_err() {
            return;
        }
    }
}
