//! Operations on a batch before it starts, and on a file whose arrival only the user can confirm.

use std::sync::Arc;

use partway_core::{Cause, Event, FileReceipt, State, Strength};
use rusqlite::Connection;

use super::Engine;
use super::timers;
use crate::JournalError;
use crate::event::EngineEvent;
use crate::journal::{batches, destinations, jobs, sessions};
use crate::log::Log;
use crate::record::{Batch, BatchId, DestinationId, Job, JobId};
use crate::refusal::Refusal;

impl Engine {
    /// The batch with that id and the current state of its jobs, if it exists.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn taken_in(&self, id: &BatchId) -> Result<Option<(Batch, Vec<Job>)>, JournalError> {
        let id = id.clone();
        self.0.journal.read(move |conn| taken_in(conn, &id)).await
    }

    /// Undoes a batch that has not started, as if it had never been dropped.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] once it has started.
    pub async fn undo(&self, id: &BatchId) -> Result<u32, Refusal> {
        let _alone = self.0.countdowns.lock().await;
        let batch = id.clone();
        let removed = self
            .0
            .journal
            .write(move |conn| {
                if !batches::counts_down(conn, &batch)? {
                    return Ok(None);
                }
                let ids = jobs::of_batch(conn, &batch)?;
                batches::remove(conn, &batch)?;
                Ok(Some(ids))
            })
            .await?
            .ok_or_else(|| Refusal::NotNow("These files have started already.".into()))?;
        let touched = u32::try_from(removed.len()).unwrap_or(u32::MAX);
        self.0.tell(EngineEvent::Removed { jobs: Arc::new(removed) });
        self.0.tell(EngineEvent::BatchChanged { batch: id.clone() });
        Ok(touched)
    }

    /// Sends a batch that has not started to another destination; its countdown restarts.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] once it has started, `NotThere` for an unknown destination.
    pub async fn redirect(
        &self,
        id: &BatchId,
        to: &DestinationId,
        folder: Option<String>,
        countdown_ms: i64,
    ) -> Result<(), Refusal> {
        let _alone = self.0.countdowns.lock().await;
        let (batch, to, now) = (id.clone(), to.clone(), self.0.clock.unix_ms());
        let date = self.0.clock.date();
        let outcome = self
            .0
            .journal
            .write(move |conn| {
                let Some(destination) = destinations::get(conn, &to)?.filter(|found| !found.removed) else {
                    return Ok(Err(Refusal::NotThere("such destination".into())));
                };
                if !batches::counts_down(conn, &batch)? {
                    return Ok(Err(Refusal::NotNow("These files have started already.".into())));
                }
                batches::redirect(conn, &batch, &to, folder.as_deref())?;
                batches::set_starts_at(conn, &batch, Some(now + countdown_ms))?;
                jobs::redirect(conn, &batch, &destination, folder.as_deref(), &date)?;
                Ok(Ok(()))
            })
            .await?;
        self.0.tell(EngineEvent::BatchChanged { batch: id.clone() });
        outcome
    }

    /// Holds a batch while its panel is open (`None`), or ends its countdown in that many milliseconds.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] once it has started.
    pub async fn set_countdown(&self, id: &BatchId, in_ms: Option<i64>) -> Result<(), Refusal> {
        let _alone = self.0.countdowns.lock().await;
        let (batch, now) = (id.clone(), self.0.clock.unix_ms());
        let done = self
            .0
            .journal
            .write(move |conn| {
                let counts = batches::counts_down(conn, &batch)?;
                if counts {
                    batches::set_starts_at(conn, &batch, in_ms.map(|ms| now + ms))?;
                }
                Ok(counts)
            })
            .await?;
        self.0.tell(EngineEvent::BatchChanged { batch: id.clone() });
        if done { Ok(()) } else { Err(Refusal::NotNow("These files have started already.".into())) }
    }

    /// Ends a batch's countdown immediately.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn start_now(&self, id: &BatchId) -> Result<(), Refusal> {
        Ok(timers::start_batch(&self.0, id).await?)
    }

    /// Records that the user has seen the arrival of a file that the vendor never confirmed.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] for a file whose arrival is known.
    pub async fn mark_arrived(&self, id: &JobId) -> Result<(), Refusal> {
        let presumed = |receipt: &FileReceipt| {
            matches!(receipt.strength, Strength::Presumed | Strength::NotFound | Strength::Unproved)
        };
        let job = self.0.job(id).await?;
        let unknown = match &job.state {
            State::NeedsAttention(cause) => *cause == Cause::NeverConfirmed,
            State::Uploaded => job.receipt.as_ref().is_some_and(presumed),
            _ => false,
        };
        if !unknown {
            return Err(Refusal::NotNow("This file is not one whose arrival is unknown.".into()));
        }
        let marked = FileReceipt {
            strength: Strength::MarkedByUser,
            ..job.receipt.unwrap_or_else(FileReceipt::unknown)
        };
        let job = id.clone();
        self.0.journal.write(move |conn| sessions::set_receipt(conn, &job, &marked)).await?;
        // Ends a job that needs attention; an *Uploaded* one is ended already.
        if self.0.apply(id, Event::MarkedArrived, Some(Log::MarkedArrived)).await?.is_err() {
            self.0.log(id, Log::MarkedArrived).await?;
            self.0.tell(EngineEvent::Changed { job: Arc::new(self.0.job(id).await?) });
        }
        Ok(())
    }
}

/// `None` for a batch that is still being taken in.
pub(super) fn taken_in(conn: &Connection, id: &BatchId) -> Result<Option<(Batch, Vec<Job>)>, JournalError> {
    if batches::is_coming_in(conn, id)? {
        return Ok(None);
    }
    let Some(batch) = batches::get(conn, id)? else { return Ok(None) };
    let jobs =
        jobs::of_batch(conn, id)?.iter().map(|job| jobs::require(conn, job)).collect::<Result<_, _>>()?;
    Ok(Some((batch, jobs)))
}
