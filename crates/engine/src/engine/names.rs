//! Names taken at the destination: one decision for the whole batch.

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
    /// Decides for all files of a batch whose names are taken at the destination, now and later. Renamed
    /// files are sent again from the start, replacing ones just continue, and skipped ones are cancelled.
    /// Returns how many were waiting.
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

    /// Decides for one file that is waiting for it.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] for a file that is not waiting for this decision, [`Refusal::NotThere`] for an
    /// unknown one.
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
