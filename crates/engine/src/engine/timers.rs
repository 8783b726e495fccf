//! Waits that end by themselves: countdowns of new batches, and holds for the network, a busy service or a
//! missing drive.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use partway_core::{Event, Hold};

use super::missing;
use crate::drive::{Drive, Look};
use crate::event::EngineEvent;
use crate::journal::{JournalError, batches, jobs, settings};
use crate::paths;
use crate::place::Mounts;
use crate::record::{BatchId, Job, JobId};
use crate::state::EngineState;

/// Interval between looks at the countdowns.
const LOOK: Duration = Duration::from_millis(250);

/// Interval between looks for missing files. Soon enough for a user who plugs in a drive, at the cost of a
/// look at each missing file.
const LOOK_FOR_FILES: Duration = Duration::from_secs(2);

/// Files per commit when a batch's countdown ends.
const STARTED_AT_ONCE: usize = 500;

/// Delay before a full disk is retried.
const LOOK_FOR_ROOM: Duration = Duration::from_secs(5);

/// Finishes jobs left in mid-cancellation, then watches countdowns.
pub(super) async fn serve(state: Arc<EngineState>) {
    match state.journal.read(|conn| jobs::in_states(conn, &["cancelling"])).await {
        Ok(ids) => {
            for id in ids {
                state.finish_cancel(&id).await;
            }
        }
        Err(error) => tracing::error!(%error, "cancelled jobs could not be read"),
    }
    loop {
        if let Err(error) = start_due(&state).await {
            tracing::error!(%error, "countdowns could not be read");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Probes whether an unwritable disk accepts writes again: nothing else may have anything to write.
pub(super) async fn look_for_room(state: Arc<EngineState>) {
    let mut trouble = state.journal.unwritable();
    while trouble.wait_for(Option::is_some).await.is_ok() {
        tokio::time::sleep(LOOK_FOR_ROOM).await;
        let now = state.clock.unix_ms().to_string();
        if state.journal.write(move |conn| settings::set(conn, "room_looked_for", &now)).await.is_ok() {
            state.wake.notify_one();
        }
    }
}

/// Looks for missing files and unresponsive drives. Each drive gets a separate task, so that one does not
/// hold up the others.
pub(super) async fn look_for_files(state: Arc<EngineState>) {
    loop {
        tokio::time::sleep(LOOK_FOR_FILES).await;
        if let Err(error) = look_at_drives(&state).await {
            tracing::error!(%error, "files that were away could not be looked for");
        }
    }
}

/// What is awaited on one drive.
#[derive(Default)]
struct Waiting {
    /// Files whose whole folder was missing.
    away: Vec<(JobId, PathBuf)>,
    /// Files whose drive did not answer or was still fetching them.
    silent: Vec<(JobId, PathBuf)>,
}

async fn look_at_drives(state: &Arc<EngineState>) -> Result<(), JournalError> {
    let files = state
        .journal
        .read(|conn| {
            let mut files = Vec::new();
            for hold in [Hold::SourceMissing, Hold::DriveSilent, Hold::Fetching] {
                files.extend(jobs::held_by(conn, hold)?.into_iter().map(|file| (hold, file)));
            }
            Ok(files)
        })
        .await?;
    if files.is_empty() {
        return Ok(());
    }
    let mounts = Mounts::now();
    let mut by_drive: Vec<(Arc<Drive>, Hold, Waiting)> = Vec::new();
    let mut known: HashMap<_, usize> = HashMap::new();
    for (hold, (id, path, device)) in files {
        let drive = state.drives.of(&mounts, &path, device);
        let (drive, silence) = match hold {
            Hold::Fetching => (drive.elsewhere(), hold),
            _ => (drive, Hold::DriveSilent),
        };
        let at = *known.entry(Arc::as_ptr(&drive)).or_insert_with(|| {
            by_drive.push((drive, silence, Waiting::default()));
            by_drive.len() - 1
        });
        let waiting = &mut by_drive[at].2;
        if hold == Hold::SourceMissing {
            waiting.away.push((id, path));
        } else {
            waiting.silent.push((id, path));
        }
    }
    for (drive, silence, waiting) in by_drive {
        // Asked again once the outstanding calls have returned.
        if drive.is_silent() {
            continue;
        }
        let Some(look) = Look::begin(&drive) else { continue };
        let state = Arc::clone(state);
        tokio::spawn(async move {
            if let Err(error) = look_at(&state, &drive, silence, waiting).await {
                tracing::error!(%error, "files that were away could not be looked for");
            }
            drop(look);
        });
    }
    Ok(())
}

/// Resumes jobs whose file is back or whose drive answers. `silence` is the hold of those that wait for an
/// answer.
async fn look_at(
    state: &Arc<EngineState>,
    drive: &Arc<Drive>,
    silence: Hold,
    waiting: Waiting,
) -> Result<(), JournalError> {
    let Waiting { mut away, silent } = waiting;
    // Sorted by path: if a folder is missing, only its first file is checked.
    away.sort_by_cached_key(|(_, path)| paths::to_bytes(path));
    if let Some((_, first)) = away.first() {
        let first: Arc<Path> = first.as_path().into();
        if let Ok(looked) = drive.ask(&first, move || missing::look(away)).await {
            release_all(state, looked.there, Hold::SourceMissing).await?;
        }
    }
    // A file with an outstanding call would only hang again.
    let silent: Vec<_> = silent.into_iter().filter(|(_, path)| !drive.hangs_at(path)).collect();
    if let Some((_, first)) = silent.first() {
        let first: Arc<Path> = first.as_path().into();
        let at = Arc::clone(&first);
        // Any answer will do.
        if drive.ask(&first, move || at.try_exists().is_ok()).await.is_ok() {
            release_all(state, silent.into_iter().map(|(id, _)| id).collect(), silence).await?;
        }
    }
    Ok(())
}

async fn release_all(state: &Arc<EngineState>, ids: Vec<JobId>, hold: Hold) -> Result<(), JournalError> {
    if ids.is_empty() {
        return Ok(());
    }
    let held = move |job: &Job| job.holds.contains(hold).then_some((Event::Released(hold), None));
    state.apply_each(ids, held).await.map(drop)
}

async fn start_due(state: &Arc<EngineState>) -> Result<(), JournalError> {
    let now = state.clock.unix_ms();
    for batch in state.journal.read(move |conn| batches::due(conn, now)).await? {
        start_batch(state, &batch).await?;
    }
    Ok(())
}

/// Ends the countdown of a batch, so that its jobs may run.
///
/// Many per commit: two thousand single steps would be two thousand messages, and a single commit of a
/// hundred thousand would block every other writer. Until the last chunk the countdown is over but not
/// removed, so that the next start recovers from a crash in between.
pub(super) async fn start_batch(state: &Arc<EngineState>, id: &BatchId) -> Result<(), JournalError> {
    let _alone = state.countdowns.lock().await;
    let (now, mut after) = (state.clock.unix_ms(), i64::MIN);
    loop {
        let batch = id.clone();
        let last = state.journal.write(move |conn| {
            let chunk = jobs::of_batch_after(conn, &batch, after, STARTED_AT_ONCE)?;
            let last = chunk.last().map(|(_, position)| *position).filter(|_| chunk.len() == STARTED_AT_ONCE);
            batches::set_starts_at(conn, &batch, last.map(|_| now))?;
            for (job, _) in chunk {
                let _ = jobs::apply(conn, now, &job, &Event::Released(Hold::Countdown))?;
            }
            Ok(last)
        });
        let last = last.await?;
        state.wake.notify_one();
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    state.tell(EngineEvent::BatchChanged { batch: id.clone() });
    Ok(())
}
