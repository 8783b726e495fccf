//! The scheduler: gives each free job permit to the next job of the queue that has no reason to wait.

use std::sync::Arc;
use std::time::Duration;

use partway_core::Event;
use tokio::sync::watch;

use super::{Active, Inner, Stop};
use crate::journal::{JournalError, jobs};
use crate::progress::Live;
use crate::record::JobId;
use crate::run;

/// After an error of the journal the queue is looked at again after that time.
const AFTER_ERROR: Duration = Duration::from_secs(5);

pub(super) async fn serve(inner: Arc<Inner>) {
    loop {
        match fill(&inner).await {
            Ok(()) => inner.wake.notified().await,
            Err(error) => {
                tracing::error!(%error, "the queue could not be read");
                tokio::time::sleep(AFTER_ERROR).await;
            }
        }
    }
}

async fn fill(inner: &Arc<Inner>) -> Result<(), JournalError> {
    while !inner.is_closing() {
        let free = inner.permits.free_jobs();
        if free == 0 {
            return Ok(());
        }
        // A paused job whose last parts are still ending is in here: it may be resumed already, but never runs twice.
        let running: Vec<JobId> = inner.active().keys().cloned().collect();
        let next = inner.journal.read(move |conn| jobs::runnable(conn, free, &running)).await?;
        if next.is_empty() {
            return Ok(());
        }
        for id in next {
            let Some(permit) = inner.permits.try_job() else { return Ok(()) };
            start(inner, id, permit).await?;
        }
    }
    Ok(())
}

async fn start(inner: &Arc<Inner>, id: JobId, permit: crate::permits::JobPermit) -> Result<(), JournalError> {
    let live = Arc::new(Live::default());
    let (stop, stopped) = watch::channel(Stop::No);
    // Registered before the step, so that whoever pauses it from now on reaches the run.
    inner.active().insert(id.clone(), Active { live: Arc::clone(&live), stop });
    let applied = match inner.apply(&id, Event::Permit, None).await {
        Ok(Ok(applied)) => applied,
        other => {
            inner.active().remove(&id);
            return other.map(|_| ());
        }
    };
    let inner = Arc::clone(inner);
    tokio::spawn(async move {
        let job = run::run(&inner, applied.job, live, stopped);
        // A fault of ours in one job must not end the others, nor leave its permit behind.
        if let Err(panic) = tokio::spawn(job).await {
            tracing::error!(%panic, job = %id, "a run ended by a fault of Partway's own");
        }
        inner.active().remove(&id);
        drop(permit);
        inner.run_ended.notify_waiters();
        inner.wake.notify_one();
    });
    Ok(())
}
