//! What needs the user's attention, for notifications.

use std::path::PathBuf;

use super::Engine;
use crate::journal::batches::{self, BatchCount};
use crate::journal::needs::{self, Attention, EndingSession};
use crate::journal::{JournalError, list};
use crate::record::{Batch, BatchId, Job};

impl Engine {
    /// Files that need attention, by batch and cause.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn attention(&self) -> Result<Vec<Attention>, JournalError> {
        self.0.journal.read(needs::attention).await
    }

    /// Sessions that expire within `ahead_s` seconds of `now_s` (Unix), or within half of their lifetime if
    /// that is sooner.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn ending(&self, now_s: u64, ahead_s: u64) -> Result<Vec<EndingSession>, JournalError> {
        self.0.journal.read(move |conn| needs::ending(conn, now_s, ahead_s)).await
    }

    /// Paths of files that are waiting because they, or their drive, are missing.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn away(&self) -> Result<Vec<PathBuf>, JournalError> {
        self.0.journal.read(needs::away).await
    }

    /// A batch and counts of its jobs; `None` for an unknown one.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn batch(&self, id: &BatchId) -> Result<Option<(Batch, BatchCount)>, JournalError> {
        let id = id.clone();
        self.0
            .journal
            .read(move |conn| {
                let Some(batch) = batches::get(conn, &id)? else { return Ok(None) };
                Ok(Some((batch, batches::count(conn, &id)?)))
            })
            .await
    }

    /// A page of one batch's jobs.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn window_of(
        &self,
        batch: &BatchId,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Job>, JournalError> {
        let batch = batch.clone();
        self.0.journal.read(move |conn| list::of_batch(conn, &batch, offset, limit)).await
    }

    /// Whether any file of a batch has an address that can be copied.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn has_link(&self, batch: &BatchId) -> Result<bool, JournalError> {
        let batch = batch.clone();
        self.0.journal.read(move |conn| needs::has_link(conn, &batch)).await
    }
}
