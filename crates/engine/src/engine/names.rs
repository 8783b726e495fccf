//! Names that are taken at the destination: a person decides once for the whole batch.

use partway_core::{Cause, State};
use partway_provider::IfExists;

use super::Engine;
use crate::event::EngineEvent;
use crate::journal::{batches, jobs};
use crate::record::{BatchId, JobId};
use crate::refusal::Refusal;
use crate::state::apply::ended;
use crate::state::names::decide;

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
        self.0.tell(EngineEvent::BatchChanged { batch: batch.clone() });
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
