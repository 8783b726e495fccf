//! The scheduler: gives each free job permit to the next job in the queue without holds.

use std::sync::Arc;
use std::time::Duration;

use partway_core::{Cause, Event};
use tokio::sync::watch;

use crate::journal::{JournalError, jobs};
use crate::progress::Live;
use crate::record::JobId;
use crate::run;
use crate::state::{Active, EngineState, Stop};

/// Delay before the queue is read again after a journal error.
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// How often a job whose run could not be recorded is put back before it waits for the next start: an hour
/// of a full disk.
const ATTEMPTS_TO_WRITE: u32 = 720;

pub(crate) async fn serve(state: Arc<EngineState>) {
    loop {
        match fill(&state).await {
            Ok(()) => state.wake.notified().await,
            Err(error) => {
                tracing::error!(%error, "the queue could not be read");
                tokio::time::sleep(AFTER_ERROR).await;
            }
        }
    }
}

async fn fill(state: &Arc<EngineState>) -> Result<(), JournalError> {
    while !state.is_closing() {
        let free = state.permits.free_jobs();
        if free == 0 {
            return Ok(());
        }
        // Includes paused jobs whose last parts are still ending: such a job may be resumed already, but
        // never runs twice.
        let running: Vec<JobId> = state.active().keys().cloned().collect();
        let next = state.journal.read(move |conn| jobs::runnable(conn, free, &running)).await?;
        if next.is_empty() {
            return Ok(());
        }
        for id in next {
            let Some(permit) = state.permits.try_job() else { return Ok(()) };
            start(state, id, permit).await?;
        }
    }
    Ok(())
}

async fn start(
    state: &Arc<EngineState>,
    id: JobId,
    permit: crate::permits::JobPermit,
) -> Result<(), JournalError> {
    let live = Arc::new(Live::default());
    let (stop, stopped) = watch::channel(Stop::No);
    // Registered before the step, so that a pause from now on reaches the run.
    state.active().insert(id.clone(), Active { live: Arc::clone(&live), stop });
    let applied = match state.apply(&id, Event::Permit, None).await {
        Ok(Ok(applied)) => applied,
        other => {
            state.active().remove(&id);
            state.run_ended.notify_waiters();
            return other.map(|_| ());
        }
    };
    let state = Arc::clone(state);
    tokio::spawn(async move {
        let ended = tokio::spawn(run::run(&state, applied.job, live, stopped)).await;
        // Runs are never cancelled except with their runtime; then the job continues when Partway is opened
        // again.
        if ended.is_err_and(|error| error.is_panic()) {
            // Before its place is freed: a finishing job would restart at once, endlessly.
            by_fault(&state, &id).await;
        }
        state.active().remove(&id);
        drop(permit);
        state.run_ended.notify_waiters();
        state.wake.notify_one();
        after_run(&state, &id).await;
    });
    Ok(())
}

/// A run that ended because of a bug in Partway must not end the others.
async fn by_fault(state: &Arc<EngineState>, id: &JobId) {
    let cause = Cause::KeepsFailing { what: "a fault of Partway's own".into() };
    if let Err(error) = state.refuse(vec![id.clone()], cause, String::new()).await {
        tracing::error!(%error, job = %id, "what became of a run could not be written down");
    }
}

/// A run leaves its job waiting or ended. If that could not be recorded (a full disk), the job must not
/// stay in between.
async fn after_run(state: &Arc<EngineState>, id: &JobId) {
    for _ in 0..ATTEMPTS_TO_WRITE {
        if state.is_closing() || matches!(is_in_mid_air(state, id).await, Ok(false)) {
            return;
        }
        tokio::time::sleep(AFTER_ERROR).await;
        if matches!(is_in_mid_air(state, id).await, Ok(true)) {
            match state.apply(id, Event::Restarted, None).await {
                Ok(_) => return,
                Err(error) => tracing::error!(%error, job = %id, "the journal does not answer"),
            }
        }
    }
}

async fn is_in_mid_air(state: &EngineState, id: &JobId) -> Result<bool, JournalError> {
    let wanted = id.clone();
    let job = state.journal.read(move |conn| jobs::get(conn, &wanted)).await?;
    Ok(job.is_some_and(|job| job.state.is_running()) && !state.active().contains_key(id))
}
