//! What a user can do with jobs.

use std::sync::Arc;

use partway_core::{Event, Hold, State};

use super::Engine;
use crate::event::EngineEvent;
use crate::journal::{Journal, JournalError, events, jobs, sessions};
use crate::log::Log;
use crate::record::{BatchId, DestinationId, Job, JobId};
use crate::refusal::Refusal;
use crate::state::apply::{ended, in_chunks, write};

/// Which jobs a wish is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// One.
    Job(JobId),
    /// All of a batch.
    Batch(BatchId),
    /// All that have not ended.
    Open,
    /// All that have ended.
    Ended,
}

impl Engine {
    /// Begin no new part of these; parts nearly through may finish. Gives back how many were paused.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if one job was named and cannot be paused any more.
    pub async fn pause(&self, which: &Which) -> Result<u32, Refusal> {
        self.each(which, |job| match job.state {
            State::Waiting | State::Checking | State::Uploading if !job.holds.contains(Hold::User) => {
                Some((Event::Held(Hold::User), Some(Log::Paused)))
            }
            _ => None,
        })
        .await
    }

    /// Paused jobs wait no longer for the parts that are nearly through; those are sent again later. Gives back how many did.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if one job was named that waits for nothing.
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

    /// Lift what a person put on these jobs.
    ///
    /// # Errors
    /// Of the journal.
    pub async fn resume(&self, which: &Which) -> Result<u32, Refusal> {
        self.each(which, |job| {
            job.holds.contains(Hold::User).then_some((Event::Released(Hold::User), Some(Log::GoingOn)))
        })
        .await
    }

    /// Stop and throw away what was sent.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if one job was named and *complete* was sent already.
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

    /// Try again what needs attention.
    ///
    /// # Errors
    /// Of the journal.
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

    /// Try again all that needed attention before that moment (Unix milliseconds). What came to it since is news: whoever asks cannot
    /// have meant it, and may have to be told first, of a start that must not go twice for one.
    ///
    /// # Errors
    /// Of the journal.
    pub async fn retry_from_before(&self, since: i64) -> Result<(), Refusal> {
        let now = self.0.clock.unix_ms();
        let (retried, ended) = self
            .0
            .journal
            .write(move |conn| {
                let mut all = Vec::new();
                for id in jobs::in_states(conn, &["needs-attention"])? {
                    let came = events::last(conn, &id, &Log::Attention)?;
                    // One that comes from the future is of before, too: the clock was put back.
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

    /// Send again from the start a file that may have arrived.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] where that has no meaning.
    pub async fn send_again(&self, id: &JobId) -> Result<u32, Refusal> {
        self.each(&Which::Job(id.clone()), |job| match job.state {
            State::NeedsAttention(_) | State::Uploaded => Some((Event::SendAgain, Some(Log::GoingOn))),
            _ => None,
        })
        .await
    }

    /// Lift a hold from every open job of a destination: its key is there again, or its network.
    ///
    /// # Errors
    /// Of the journal.
    pub async fn release_destination(&self, id: &DestinationId, hold: Hold) -> Result<(), Refusal> {
        let held = self.0.open_of_destination(id, hold, true).await?;
        self.0
            .apply_each(held, move |job| job.holds.contains(hold).then_some((Event::Released(hold), None)))
            .await?;
        Ok(())
    }

    /// Take ended jobs out of the list.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if one was named that has not ended.
    pub async fn remove(&self, which: &Which) -> Result<u32, Refusal> {
        let ids = ids(&self.0.journal, which).await?;
        let now_s = u64::try_from(self.0.clock.unix_ms() / 1000).unwrap_or(0);
        let mut removed = Vec::new();
        for ids in in_chunks(ids) {
            let gone = self.0.journal.write(move |conn| {
                let mut gone = Vec::new();
                for id in ids {
                    // What the vendor still keeps of a job stays listed until it expires there.
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

/// The jobs that are meant.
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
