//! Applies an event to a job: journal first, then effects, then events to subscribers.

use std::collections::HashSet;
use std::sync::Arc;

use partway_core::{Cause, Effect, Event, Hold, IllegalStep, State};
use rusqlite::Connection;

use super::{EngineState, Stop};
use crate::event::EngineEvent;
use crate::journal::batches::BatchCount;
use crate::journal::jobs::Applied;
use crate::journal::{JournalError, batches, events, jobs};
use crate::log::Log;
use crate::record::{Batch, Job, JobId};

/// A committed step and its consequences.
pub(crate) struct Written {
    pub(crate) applied: Applied,
    log: Option<Log>,
}

pub(crate) fn write(
    conn: &Connection,
    now: i64,
    id: &JobId,
    event: &Event,
    log: Option<Log>,
) -> Result<Result<Written, IllegalStep>, JournalError> {
    let applied = match jobs::apply(conn, now, id, event)? {
        Ok(applied) => applied,
        Err(illegal) => return Ok(Err(illegal)),
    };
    if let Some(log) = &log {
        events::add(conn, now, id, log)?;
    }
    Ok(Ok(Written { applied, log }))
}

/// The batches that these steps ended. Each is checked once, after all its steps: thousands of them may
/// belong to the same one.
pub(crate) fn ended(
    conn: &Connection,
    now: i64,
    written: &[Written],
) -> Result<Vec<(Batch, BatchCount)>, JournalError> {
    let mut asked = HashSet::new();
    let mut ended = Vec::new();
    for Applied { before, job, .. } in written.iter().map(|written| &written.applied) {
        if *before != job.state
            && asked.insert(&job.batch)
            && let Some(count) = batches::finish_if_through(conn, now, &job.batch)?
        {
            ended.extend(batches::get(conn, &job.batch)?.map(|batch| (batch, count)));
        }
    }
    Ok(ended)
}

/// Jobs changed per commit: takes some tens of milliseconds, during which no other write runs.
const CHUNK: usize = 500;

/// Splits the ids into commits.
pub(crate) fn in_chunks(mut ids: Vec<JobId>) -> impl Iterator<Item = Vec<JobId>> {
    std::iter::from_fn(move || {
        let rest = ids.split_off(ids.len().min(CHUNK));
        let chunk = std::mem::replace(&mut ids, rest);
        (!chunk.is_empty()).then_some(chunk)
    })
}

impl EngineState {
    /// Applies one event. `Ok(Err(…))`: it does not apply in the current state, and nothing changed.
    pub(crate) async fn apply(
        self: &Arc<Self>,
        id: &JobId,
        event: Event,
        log: Option<Log>,
    ) -> Result<Result<Applied, IllegalStep>, JournalError> {
        let (now, id) = (self.clock.unix_ms(), id.clone());
        let outcome = self.journal.write(move |conn| {
            Ok(match write(conn, now, &id, &event, log)? {
                Ok(written) => Ok((ended(conn, now, std::slice::from_ref(&written))?, written)),
                Err(illegal) => Err(illegal),
            })
        });
        Ok(outcome.await?.map(|(ended, written)| {
            let applied = self.carry_out(written);
            self.tell_ended(ended);
            applied
        }))
    }

    /// Decides on an event for each of these jobs, many per commit: two thousand single commits would take
    /// seconds, and one of a hundred thousand would hold up every receipt. Returns the jobs that changed.
    pub(crate) async fn apply_each<F>(
        self: &Arc<Self>,
        ids: Vec<JobId>,
        decide: F,
    ) -> Result<Vec<Job>, JournalError>
    where
        F: Fn(&Job) -> Option<(Event, Option<Log>)> + Send + Sync + 'static,
    {
        let (now, decide) = (self.clock.unix_ms(), Arc::new(decide));
        let mut changed = Vec::new();
        for ids in in_chunks(ids) {
            let decide = Arc::clone(&decide);
            let written = self.journal.write(move |conn| {
                let mut all = Vec::new();
                for id in ids {
                    let Some(job) = jobs::get(conn, &id)? else { continue };
                    if let Some((event, log)) = decide(&job)
                        && let Ok(written) = write(conn, now, &id, &event, log)?
                    {
                        all.push(written);
                    }
                }
                let ended = ended(conn, now, &all)?;
                Ok((all, ended))
            });
            let (written, ended) = written.await?;
            changed.extend(written.into_iter().map(|written| self.carry_out(written).job));
            self.tell_ended(ended);
        }
        Ok(changed)
    }

    /// Marks jobs as needing attention. The detail is written in the same commit, because subscribers may
    /// ask for it at once.
    pub(crate) async fn refuse(
        self: &Arc<Self>,
        ids: Vec<JobId>,
        cause: Cause,
        detail: String,
    ) -> Result<(), JournalError> {
        let now = self.clock.unix_ms();
        for ids in in_chunks(ids) {
            let (cause, detail) = (cause.clone(), detail.clone());
            let refused = self.journal.write(move |conn| {
                let mut all = Vec::new();
                for id in ids {
                    let event = &Event::Refused(cause.clone());
                    if let Ok(mut written) = write(conn, now, &id, event, Some(Log::Attention))? {
                        jobs::set_detail(conn, &id, &detail)?;
                        written.applied.job.detail = Some(detail.clone());
                        all.push(written);
                    }
                }
                let ended = ended(conn, now, &all)?;
                Ok((all, ended))
            });
            let (refused, ended) = refused.await?;
            for written in refused {
                self.carry_out(written);
            }
            self.tell_ended(ended);
        }
        Ok(())
    }

    pub(crate) fn carry_out(self: &Arc<Self>, written: Written) -> Applied {
        let Written { applied, log } = written;
        let job = Arc::new(applied.job.clone());
        if job.state.is_end() {
            // The memory of transient errors must not grow with every file ever sent.
            let mut memory = self.memory();
            memory.put_off.remove(&job.id);
            memory.unread.remove(&job.id);
            memory.offline.remove(&job.id);
            memory.resent.remove(&job.id);
            memory.unconditional.remove(&job.id);
        }
        for effect in &applied.effects {
            match effect {
                Effect::StopParts => self.stop(&job),
                Effect::Wake => {
                    if job.state == State::Waiting && job.holds.is_empty() {
                        self.take_stop_back(&job);
                    }
                    self.wake.notify_one();
                }
                Effect::Abort => {
                    let state = Arc::clone(self);
                    let id = job.id.clone();
                    tokio::spawn(async move { state.finish_cancel(&id).await });
                }
                Effect::DropSession | Effect::ForgetSecrets => self.sweep.notify_one(),
                // Carried out by the run that applied the event; the permit is returned when it ends.
                Effect::Check | Effect::Send | Effect::Complete | Effect::ReleasePermit => {}
            }
        }
        if let Some(log) = log {
            self.tell(EngineEvent::Logged { job: job.id.clone(), log });
        }
        self.tell(EngineEvent::Changed { job });
        applied
    }

    pub(crate) fn tell_ended(&self, ended: Vec<(Batch, BatchCount)>) {
        for (batch, count) in ended {
            self.tell(EngineEvent::BatchFinished { batch: Arc::new(batch), count });
        }
    }

    /// A pause lets nearly finished parts complete; a cancellation does not wait for them.
    fn stop(&self, job: &Job) {
        let stop = match job.state {
            State::Cancelling => Stop::Hard,
            _ if job.holds.contains(Hold::User) => Stop::Pause,
            _ => Stop::Soft,
        };
        if let Some(active) = self.active().get(&job.id) {
            active.stop.send_replace(stop);
        }
    }

    /// A paused job may continue: if its last parts are still in flight, its run need not end first.
    fn take_stop_back(&self, job: &Job) {
        if let Some(active) = self.active().get(&job.id) {
            active.stop.send_if_modified(|stop| {
                let paused = *stop == Stop::Pause;
                if paused {
                    *stop = Stop::TakenBack;
                }
                paused
            });
        }
    }

    /// Aborts the last parts of a paused job. `false`: it has none, or is not paused.
    pub(crate) fn let_go(&self, id: &JobId) -> bool {
        self.active().get(id).is_some_and(|active| {
            active.stop.send_if_modified(|stop| {
                let paused = *stop == Stop::Pause;
                if paused {
                    *stop = Stop::Hard;
                }
                paused
            })
        })
    }

    /// A run continues after a stop that was taken back; a later stop stays in effect.
    pub(crate) fn goes_on(&self, id: &JobId) {
        if let Some(active) = self.active().get(id) {
            active.stop.send_if_modified(|stop| {
                let taken_back = *stop == Stop::TakenBack;
                if taken_back {
                    *stop = Stop::No;
                }
                taken_back
            });
        }
    }

    /// Adds one line to a job's log.
    pub(crate) async fn log(&self, id: &JobId, log: Log) -> Result<(), JournalError> {
        let (now, job, line) = (self.clock.unix_ms(), id.clone(), log.clone());
        self.journal.write(move |conn| events::add(conn, now, &job, &line)).await?;
        self.tell(EngineEvent::Logged { job: id.clone(), log });
        Ok(())
    }
}
