//! Detects unclean shutdowns: the process was killed, or the computer went off. The next window reports it if
//! uploads were under way.
//!
//! A panic leaves its own report, see [`crash`](super::crash). Any other sudden end leaves no time to write
//! one, so the journal records since when a window has been running, and clears that on an orderly shutdown.
//! Commands may end in any way and are not reported.

use std::fs;
use std::path::Path;
use std::sync::{MutexGuard, PoisonError};
use std::time::SystemTime;

use partway_engine::JournalError;

use crate::App;

/// The notice's id.
pub(crate) const NOTICE: &str = "unended";

/// Settings key for the start of the running window, in milliseconds since 1970.
const RUNNING: &str = "running_since";

/// Settings key for when a run ended uncleanly, until that is dismissed.
const ENDED: &str = "unended_at";

/// Files that a running app writes; the most recently modified is its last sign of life.
const WRITTEN: [&str; 3] = ["journal.db", "journal.db-wal", "logs/partway.log"];

/// When the data folder was last written, in milliseconds since 1970. Call this before opening the folder.
pub(crate) fn last_sign(data_dir: &Path) -> Option<i64> {
    let written = |name| fs::metadata(data_dir.join(name)).and_then(|found| found.modified()).ok();
    let youngest = WRITTEN.into_iter().filter_map(written).max()?;
    Some(since_1970(youngest))
}

/// State of this run and the previous one.
#[derive(Default)]
pub(crate) struct Runs {
    /// Whether the journal records that this run is in progress.
    written: bool,
    /// When the previous run was cut off during uploads, until that is dismissed.
    cut_off: Option<i64>,
}

/// Begins a run and checks whether the previous one ended cleanly. A command only records what it found, for
/// the next window.
pub(crate) async fn begin(app: &App, last_sign: Option<i64>, headless: bool) -> Result<(), JournalError> {
    let (ran, known) = (number(app, RUNNING).await?, number(app, ENDED).await?);
    if let Some(since) = ran {
        tracing::warn!(since, last_sign, "the run before this one did not end in order");
    }
    let sums = app.0.engine.sums().await?;
    // Don't report it when nothing was uploading.
    let new = ran.filter(|_| sums.active + sums.waiting > 0);
    let ended = new.map(|since| last_sign.unwrap_or(since).max(since)).or(known);
    let running = (!headless).then(|| app.now_ms());
    for (name, before, now) in [(ENDED, known, ended), (RUNNING, ran, running)] {
        if before != now {
            set(app, name, now).await?;
        }
    }
    *runs(app) = Runs { written: !headless, cut_off: ended.filter(|_| !headless) };
    Ok(())
}

/// Marks the run as ended. Called before the last parts finish: a process killed while waiting for them was
/// already ending.
pub(crate) async fn end(app: &App) {
    let written = std::mem::take(&mut runs(app).written);
    if written {
        // If this cannot be written, the next window reports an unclean end by mistake; nothing else depends
        // on it.
        let _ = set(app, RUNNING, None).await;
    }
}

/// When the previous run was cut off, until that is dismissed.
pub(crate) fn untold(app: &App) -> Option<i64> {
    runs(app).cut_off
}

/// Dismisses the notice. Until then every window shows it, however the ones before ended.
pub(crate) async fn seen(app: &App) -> Result<(), JournalError> {
    if untold(app).is_some() {
        set(app, ENDED, None).await?;
        runs(app).cut_off = None;
        app.touch();
    }
    Ok(())
}

async fn number(app: &App, name: &'static str) -> Result<Option<i64>, JournalError> {
    Ok(app.0.engine.setting(name).await?.and_then(|json| json.parse().ok()))
}

async fn set(app: &App, name: &'static str, at: Option<i64>) -> Result<(), JournalError> {
    app.0.engine.set_setting(name, at.map_or("null".into(), |at| at.to_string())).await
}

fn runs(app: &App) -> MutexGuard<'_, Runs> {
    app.0.runs.lock().unwrap_or_else(PoisonError::into_inner)
}

fn since_1970(at: SystemTime) -> i64 {
    crate::system::unix_ms(at)
}
