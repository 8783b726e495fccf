//! Names that are taken at the destination: a person decides once for the whole batch.

use std::sync::Arc;

use partway_core::{Cause, Event};
use partway_provider::IfExists;

use super::apply::{ended, write};
use super::{Engine, Inner, Refusal};
use crate::happening::Happening;
use crate::journal::{JournalError, batches, jobs, sessions};
use crate::log::Log;
use crate::record::{BatchId, JobId};

impl Engine {
    /// Decides for all of a batch whose name is taken at the destination, those that wait for it and those to come. Replacing and
    /// renaming send them again from the start; what is skipped is cancelled. Gives back how many waited for it.
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
                    sessions::reset_ended(conn, &job)?;
                    let (event, log) = decided(how);
                    all.extend(write(conn, now, &job, &event, Some(log))?);
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
}

const fn decided(how: IfExists) -> (Event, Log) {
    match how {
        IfExists::Skip => (Event::Skip, Log::Skipped),
        IfExists::Overwrite | IfExists::Rename => (Event::SendAgain, Log::GoingOn),
    }
}

impl Inner {
    /// The vendor has something of this job's name. `used` is what the run had been told to do then: where somebody decided since,
    /// that counts; else a person is asked.
    pub(crate) async fn name_taken(
        self: &Arc<Self>,
        id: &JobId,
        used: Option<IfExists>,
        cause: Cause,
        detail: String,
    ) -> Result<(), JournalError> {
        let (now, id) = (self.clock.unix_ms(), id.clone());
        let steps = self.journal.write(move |conn| {
            let Some(job) = jobs::get(conn, &id)? else { return Ok((Vec::new(), Vec::new())) };
            let mut steps = Vec::new();
            match job.fields.if_exists {
                Some(IfExists::Skip) => {
                    steps.extend(write(conn, now, &id, &Event::Skip, Some(Log::Skipped))?);
                }
                since => {
                    if let Ok(mut written) =
                        write(conn, now, &id, &Event::Refused(cause), Some(Log::Attention))?
                    {
                        jobs::set_detail(conn, &id, &detail)?;
                        written.applied.job.detail = Some(detail);
                        steps.push(written);
                    }
                    // Once more with what was decided; a vendor that still says so then is told.
                    if let Some(how) = since.filter(|_| since != used) {
                        let (event, log) = decided(how);
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
