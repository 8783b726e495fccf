//! What needs a person, for whoever tells them.

use std::path::PathBuf;

use super::Engine;
use crate::journal::batches::{self, BatchCount};
use crate::journal::needs::{self, Attention, EndingSession};
use crate::journal::{JournalError, list};
use crate::record::{Batch, BatchId, Job};

impl Engine {
    /// Files that need a person, by batch and cause.
    ///
    /// # Errors
    /// Of the journal.
    pub async fn attention(&self) -> Result<Vec<Attention>, JournalError> {
        self.0.journal.read(needs::attention).await
    }

    /// Sessions that end within `ahead_s` seconds from `now_s` (Unix), or within half of their life where that is sooner.
    ///
    /// # Errors
    /// Of the journal.
    pub async fn ending(&self, now_s: u64, ahead_s: u64) -> Result<Vec<EndingSession>, JournalError> {
        self.0.journal.read(move |conn| needs::ending(conn, now_s, ahead_s)).await
    }

    /// Paths of files that wait because they, or the drive they lie on, are not there.
    ///
    /// # Errors
    /// Of the journal.
    pub async fn away(&self) -> Result<Vec<PathBuf>, JournalError> {
        self.0.journal.read(needs::away).await
    }

    /// A batch and how its jobs stand; `None` for an unknown one.
    ///
    /// # Errors
    /// Of the journal.
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

    /// A window of one batch.
    ///
    /// # Errors
    /// Of the journal.
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
    /// Of the journal.
    pub async fn has_link(&self, batch: &BatchId) -> Result<bool, JournalError> {
        let batch = batch.clone();
        self.0.journal.read(move |conn| needs::has_link(conn, &batch)).await
    }
}
