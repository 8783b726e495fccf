//! An end that was none: the process was killed, or the computer went off under it. The next window says so, where uploads were under way.
//!
//! A panic leaves a report of its own, see [`crash`](super::crash). Whatever else ends a process at once leaves it no moment to write one, so
//! the journal holds since when a window runs, and no longer when that ends in order. Commands end as they like and are not told of.

use std::fs;
use std::path::Path;
use std::sync::{MutexGuard, PoisonError};
use std::time::SystemTime;

use partway_engine::JournalError;

use crate::App;

/// The notice's id.
pub(crate) const NOTICE: &str = "unended";

/// The setting that says since when a window runs, in milliseconds since 1970.
const RUNNING: &str = "running_since";

/// The setting that says when a run ended that did not end in order, until somebody saw that.
const ENDED: &str = "unended_at";

/// Whatever a running app writes; the youngest of them is its last sign of life.
const WRITTEN: [&str; 3] = ["journal.db", "journal.db-wal", "logs/partway.log"];

/// When somebody last wrote into the data folder, in milliseconds since 1970. To be looked at before the folder is opened.
pub(crate) fn last_sign(data_dir: &Path) -> Option<i64> {
    let written = |name| fs::metadata(data_dir.join(name)).and_then(|found| found.modified()).ok();
    let youngest = WRITTEN.into_iter().filter_map(written).max()?;
    Some(since_1970(youngest))
}

/// What is known of this run and the one before it.
#[derive(Default)]
pub(crate) struct Runs {
    /// The journal holds that this one runs.
    written: bool,
    /// When the one before it was cut off in the middle of uploads, until somebody saw that.
    cut_off: Option<i64>,
}

/// Begins a run, and finds out whether the one before it ended in order. A command only writes down what it found, for the next window.
pub(crate) async fn begin(app: &App, last_sign: Option<i64>, headless: bool) -> Result<(), JournalError> {
    let (ran, known) = (number(app, RUNNING).await?, number(app, ENDED).await?);
    if let Some(since) = ran {
        tracing::warn!(since, last_sign, "the run before this one did not end in order");
    }
    let sums = app.0.engine.sums().await?;
    // Whom nothing was uploading for, it is no news.
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

/// The run ends in order. Said before the last parts are through: whoever is killed while it waits for them was to end.
pub(crate) async fn end(app: &App) {
    let written = std::mem::take(&mut runs(app).written);
    if written {
        // Where it cannot be written, the next window says something modest that is not so, and nothing else hangs on it.
        let _ = set(app, RUNNING, None).await;
    }
}

/// When the run before this one was cut off, while that is to be told.
pub(crate) fn untold(app: &App) -> Option<i64> {
    runs(app).cut_off
}

/// Somebody saw it. Until then every window tells it, however those before it ended.
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
