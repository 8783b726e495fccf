//! User commands on jobs.

use std::sync::Arc;

use partway_core::{Event, Hold, State};

use super::Engine;
use crate::event::EngineEvent;
use crate::journal::{Journal, JournalError, events, jobs, sessions};
use crate::log::Log;
use crate::record::{BatchId, DestinationId, Job, JobId};
use crate::refusal::Refusal;
use crate::state::apply::{ended, in_chunks, write};

/// The jobs a command applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// One job.
    Job(JobId),
    /// All jobs of a batch.
    Batch(BatchId),
    /// All open jobs.
    Open,
    /// All ended jobs.
    Ended,
}

impl Engine {
    /// Pauses: no new parts are started, and nearly finished ones may complete. Returns how many jobs were
    /// paused.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if a single job was named and cannot be paused any more.
    pub async fn pause(&self, which: &Which) -> Result<u32, Refusal> {
        self.each(which, |job| match job.state {
            State::Waiting | State::Checking | State::Uploading if !job.holds.contains(Hold::User) => {
                Some((Event::Held(Hold::User), Some(Log::Paused)))
            }
            _ => None,
        })
        .await
    }

    /// Stops paused jobs from waiting for their nearly finished parts, which are sent again later. Returns
    /// how many were waiting.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if a single job was named that waits for nothing.
    pub async fn stop_now(&self, which: &Which) -> Result<u32, Refusal> {
        let mut touched = 0;
        for id in ids(&self.0.journal, which).await? {
            touched += u32::from(self.0.let_go(&id));
        }
        match which {
            Which::Job(_) if touched == 0 => {
                Err(Refusal::NotNow("No part of this file is on its way any more.".into()))
            }
            _ => Ok(touched),
        }
    }

    /// Releases the user's hold.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn resume(&self, which: &Which) -> Result<u32, Refusal> {
        self.each(which, |job| {
            job.holds.contains(Hold::User).then_some((Event::Released(Hold::User), Some(Log::GoingOn)))
        })
        .await
    }

    /// Cancels: stops and discards what was sent.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if a single job was named and *complete* was already sent.
    pub async fn cancel(&self, which: &Which) -> Result<u32, Refusal> {
        self.each(which, |job| {
            let stoppable = matches!(
                job.state,
                State::Waiting | State::Checking | State::Uploading | State::NeedsAttention(_)
            );
            stoppable.then_some((Event::Cancel, None))
        })
        .await
    }

    /// Retries jobs that need attention.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn retry(&self, which: &Which) -> Result<u32, Refusal> {
        let ids = ids(&self.0.journal, which).await?;
        for id in &ids {
            self.0.memory().put_off.remove(id);
        }
        for ids in in_chunks(ids) {
            self.0
                .journal
                .write(move |conn| ids.iter().try_for_each(|id| sessions::reset_ended(conn, id)))
                .await?;
        }
        self.each(which, retried).await
    }

    /// Retries jobs that needed attention before `since` (Unix milliseconds). Later ones are news: the
    /// caller cannot have meant them, and the user may have to see them first, such as a start that must
    /// not be sent twice.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn retry_from_before(&self, since: i64) -> Result<(), Refusal> {
        let now = self.0.clock.unix_ms();
        let (retried, ended) = self
            .0
            .journal
            .write(move |conn| {
                let mut all = Vec::new();
                for id in jobs::in_states(conn, &["needs-attention"])? {
                    let came = events::last(conn, &id, &Log::Attention)?;
                    // A timestamp in the future counts as earlier: the clock was set back.
                    if came.is_some_and(|came| (since..=now).contains(&came)) {
                        continue;
                    }
                    sessions::reset_ended(conn, &id)?;
                    all.extend(write(conn, now, &id, &Event::Retry, Some(Log::GoingOn))?);
                }
                let ended = ended(conn, now, &all)?;
                Ok((all, ended))
            })
            .await?;
        for written in retried {
            self.0.memory().put_off.remove(&written.applied.job.id);
            self.0.carry_out(written);
        }
        self.0.tell_ended(ended);
        Ok(())
    }

    /// Sends a file that may have arrived again from the start.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if the job's state does not allow it.
    pub async fn send_again(&self, id: &JobId) -> Result<u32, Refusal> {
        self.each(&Which::Job(id.clone()), |job| match job.state {
            State::NeedsAttention(_) | State::Uploaded => Some((Event::SendAgain, Some(Log::GoingOn))),
            _ => None,
        })
        .await
    }

    /// Releases a hold of every open job of a destination: its key or its network is back.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn release_destination(&self, id: &DestinationId, hold: Hold) -> Result<(), Refusal> {
        let held = self.0.open_of_destination(id, hold, true).await?;
        self.0
            .apply_each(held, move |job| job.holds.contains(hold).then_some((Event::Released(hold), None)))
            .await?;
        Ok(())
    }

    /// Removes ended jobs from the list.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if a single job was named that has not ended.
    pub async fn remove(&self, which: &Which) -> Result<u32, Refusal> {
        let ids = ids(&self.0.journal, which).await?;
        let now_s = u64::try_from(self.0.clock.unix_ms() / 1000).unwrap_or(0);
        let mut removed = Vec::new();
        for ids in in_chunks(ids) {
            let gone = self.0.journal.write(move |conn| {
                let mut gone = Vec::new();
                for id in ids {
                    // A job whose data the vendor still keeps stays listed until that expires.
                    let ended = jobs::get(conn, &id)?.is_some_and(|job| job.state.is_end());
                    if ended && sessions::left_behind(conn, &id, now_s)?.is_empty() {
                        jobs::remove(conn, &id)?;
                        gone.push(id);
                    }
                }
                Ok(gone)
            });
            removed.extend(gone.await?);
        }
        if removed.is_empty() && matches!(which, Which::Job(_)) {
            return Err(Refusal::NotNow(
                "This file stays in the list while it is not through, or while its destination still keeps parts of it.".into(),
            ));
        }
        let touched = u32::try_from(removed.len()).unwrap_or(u32::MAX);
        self.0.tell(EngineEvent::Removed { jobs: Arc::new(removed) });
        Ok(touched)
    }

    async fn each<F>(&self, which: &Which, decide: F) -> Result<u32, Refusal>
    where
        F: Fn(&Job) -> Option<(Event, Option<Log>)> + Send + Sync + 'static,
    {
        let ids = ids(&self.0.journal, which).await?;
        let touched = self.0.apply_each(ids, decide).await?.len();
        match which {
            Which::Job(id) if touched == 0 => {
                Err(Refusal::NotNow(not_now(&self.0.job(id).await?.state).into()))
            }
            _ => Ok(u32::try_from(touched).unwrap_or(u32::MAX)),
        }
    }
}

fn retried(job: &Job) -> Option<(Event, Option<Log>)> {
    matches!(job.state, State::NeedsAttention(_)).then_some((Event::Retry, Some(Log::GoingOn)))
}

const fn not_now(state: &State) -> &'static str {
    match state {
        State::Finishing => "All data of this file was sent already; it is only being confirmed.",
        State::Uploaded | State::Verified => "This file has arrived already.",
        State::Cancelling | State::Cancelled => "This file was given up.",
        State::NeedsAttention(_) => "This file needs attention first.",
        State::Waiting | State::Checking | State::Uploading => "This file is not in a state for that.",
    }
}

/// Resolves `which` to job ids.
pub(super) async fn ids(journal: &Journal, which: &Which) -> Result<Vec<JobId>, JournalError> {
    let which = which.clone();
    journal
        .read(move |conn| match &which {
            Which::Job(id) => Ok(vec![id.clone()]),
            Which::Batch(batch) => jobs::of_batch(conn, batch),
            Which::Open => jobs::in_states(
                conn,
                &["needs-attention", "waiting", "checking", "uploading", "finishing", "cancelling"],
            ),
            Which::Ended => jobs::in_states(conn, &["uploaded", "verified", "cancelled"]),
        })
        .await
}
