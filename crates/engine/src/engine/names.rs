//! Names that are taken at the destination: a person decides once for the whole batch.

use std::sync::Arc;

use partway_core::{Cause, Event, State};
use partway_provider::IfExists;

use rusqlite::Connection;

use super::apply::{Written, ended, write};
use super::{Engine, Inner, Refusal};
use crate::happening::Happening;
use crate::journal::{JournalError, batches, jobs, names, sessions};
use crate::log::Log;
use crate::record::{BatchId, Job, JobId};
use crate::run;

impl Engine {
    /// Decides for all of a batch whose name is taken at the destination, those that wait for it and those to come. What is renamed is sent
    /// again from the start, what replaces only goes on, and what is skipped is cancelled. Gives back how many waited for it.
    ///
    /// # Errors
    /// [`Refusal::NotThere`] for an unknown batch.
    pub async fn settle_names(&self, batch: &BatchId, how: IfExists) -> Result<u32, Refusal> {
        let (now, id) = (self.0.clock.unix_ms(), batch.clone());
        let (settled, ended) = self
            .0
            .journal
            .write(move |conn| {
                if batches::get(conn, &id)?.is_none() {
                    return Ok(None);
                }
                batches::set_if_exists(conn, &id, how)?;
                jobs::set_if_exists(conn, &id, how)?;
                let mut all = Vec::new();
                for job in jobs::whose_name_is_taken(conn, &id)? {
                    all.extend(decide(conn, now, &job, how)?);
                }
                let ended = ended(conn, now, &all)?;
                Ok(Some((all, ended)))
            })
            .await?
            .ok_or_else(|| Refusal::NotThere(format!("batch {batch}")))?;
        let touched = u32::try_from(settled.len()).unwrap_or(u32::MAX);
        for written in settled {
            self.0.carry_out(written);
        }
        self.0.tell_ended(ended);
        self.0.tell(Happening::BatchChanged { batch: batch.clone() });
        Ok(touched)
    }

    /// The same for one file, which waits for it.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] for a file that waits for no such word, [`Refusal::NotThere`] for an unknown one.
    pub async fn settle_name(&self, id: &JobId, how: IfExists) -> Result<(), Refusal> {
        self.0.job(id).await?;
        let (now, job) = (self.0.clock.unix_ms(), id.clone());
        let (settled, ended) = self
            .0
            .journal
            .write(move |conn| {
                let waits = jobs::get(conn, &job)?.is_some_and(|job| {
                    use Cause::{NameShared, NameTaken};
                    matches!(job.state, State::NeedsAttention(NameTaken { .. } | NameShared { .. }))
                });
                let settled: Vec<_> =
                    if waits { decide(conn, now, &job, how)?.into_iter().collect() } else { Vec::new() };
                let ended = ended(conn, now, &settled)?;
                Ok((settled, ended))
            })
            .await?;
        if settled.is_empty() {
            return Err(Refusal::NotNow("This file waits for no word about its name.".into()));
        }
        for written in settled {
            self.0.carry_out(written);
        }
        self.0.tell_ended(ended);
        Ok(())
    }
}

/// What follows for one file whose name is taken; nothing while it is still to be asked about.
fn decide(conn: &Connection, now: i64, job: &JobId, how: IfExists) -> Result<Option<Written>, JournalError> {
    names::decide(conn, job, how)?;
    let Some((event, log)) = decided(how) else { return Ok(None) };
    sessions::reset_ended(conn, job)?;
    Ok(write(conn, now, job, &event, Some(log))?.ok())
}

/// What was sent under a name that may be replaced only has to be put together; under another name it must be sent again.
const fn decided(how: IfExists) -> Option<(Event, Log)> {
    match how {
        IfExists::Ask => None,
        IfExists::Skip => Some((Event::Skip, Log::Skipped)),
        IfExists::Overwrite => Some((Event::Retry, Log::GoingOn)),
        IfExists::Rename => Some((Event::SendAgain, Log::GoingOn)),
    }
}

impl Inner {
    /// The vendor, or another file of the list, has this job's name. `used` is what the run had been told to do then: where somebody decided since,
    /// that counts; else a person is asked.
    pub(crate) async fn name_taken(
        self: &Arc<Self>,
        id: &JobId,
        used: Option<IfExists>,
        cause: Cause,
        detail: String,
    ) -> Result<(), JournalError> {
        let (now, id) = (self.clock.unix_ms(), id.clone());
        // To leave out what is there already is no word about two files of one's own, of which neither may be there in the end.
        let shared = matches!(cause, Cause::NameShared { .. });
        let steps = self.journal.write(move |conn| {
            let Some(job) = jobs::get(conn, &id)? else { return Ok((Vec::new(), Vec::new())) };
            let mut steps = Vec::new();
            match job.fields.if_exists {
                Some(IfExists::Skip) if !shared => {
                    steps.extend(write(conn, now, &id, &Event::Skip, Some(Log::Skipped))?);
                }
                // Its own session found the name taken at the end: a new one goes under the next.
                Some(IfExists::Rename)
                    if used == Some(IfExists::Rename) && names::pass_over(conn, &id, run::names::BESIDE)? =>
                {
                    steps.extend(write(conn, now, &id, &Event::SessionGone, Some(Log::GoingOn))?);
                    steps.extend(write(conn, now, &id, &Event::Restarted, None)?);
                }
                since => {
                    let cause = named(conn, &job, cause)?;
                    if let Ok(mut written) =
                        write(conn, now, &id, &Event::Refused(cause), Some(Log::Attention))?
                    {
                        jobs::set_detail(conn, &id, &detail)?;
                        written.applied.job.detail = Some(detail);
                        steps.push(written);
                    }
                    // Once more with what was decided; a vendor that still says so then is told.
                    let new = since.filter(|how| since != used && !(shared && *how == IfExists::Skip));
                    if let Some((event, log)) = new.and_then(decided) {
                        steps.extend(write(conn, now, &id, &event, Some(log))?);
                    }
                }
            }
            let ended = ended(conn, now, &steps)?;
            Ok((steps, ended))
        });
        let (steps, ended) = steps.await?;
        for written in steps {
            self.carry_out(written);
        }
        self.tell_ended(ended);
        Ok(())
    }
}

/// The name that is taken, where the storage did not tell it.
fn named(conn: &Connection, job: &Job, cause: Cause) -> Result<Cause, JournalError> {
    Ok(match cause {
        Cause::NameTaken { name } if name.is_empty() => {
            let took = names::taken_by(conn, &job.id)?;
            Cause::NameTaken { name: took.unwrap_or_else(|| job.name.clone()) }
        }
        cause => cause,
    })
}
