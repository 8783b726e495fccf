//! What is known of a destination's key and storage.

use std::sync::Arc;

use super::EngineState;
use crate::journal::{JournalError, destinations};
use crate::record::{DestinationId, Keeps, Standing};

impl EngineState {
    /// The version of a destination's key: an outcome with an earlier one says nothing about the current
    /// one.
    pub(crate) fn which_key(&self, id: &DestinationId) -> u32 {
        self.memory().keys.get(id).copied().unwrap_or(0)
    }

    /// A key was replaced or refused.
    pub(crate) fn key_changed(&self, id: &DestinationId) {
        *self.memory().keys.entry(id.clone()).or_insert(0) += 1;
    }

    /// Records that the key was accepted, unless it was refused or replaced since it was read: a
    /// destination that waits for another key must not look good.
    pub(crate) async fn key_is_good(
        self: &Arc<Self>,
        id: &DestinationId,
        key: u32,
    ) -> Result<(), JournalError> {
        let (state, wanted) = (Arc::clone(self), id.clone());
        let changed = self.journal.write(move |conn| {
            // Checked on the writer thread: a refusal is counted before it is written.
            Ok(state.which_key(&wanted) == key && destinations::set_standing(conn, &wanted, Standing::Good)?)
        });
        if changed.await? {
            self.destination_changed(id);
        }
        Ok(())
    }

    /// Records what an upload or a test showed about how the storage replaces objects.
    pub(crate) async fn learn(&self, id: &DestinationId, seen: Keeps) -> Result<(), JournalError> {
        let wanted = id.clone();
        if self.journal.write(move |conn| destinations::learn(conn, &wanted, seen)).await? {
            self.destination_changed(id);
        }
        Ok(())
    }

    pub(crate) async fn set_standing(
        &self,
        id: &DestinationId,
        standing: Standing,
    ) -> Result<(), JournalError> {
        let wanted = id.clone();
        if self.journal.write(move |conn| destinations::set_standing(conn, &wanted, standing)).await? {
            self.destination_changed(id);
        }
        Ok(())
    }
}
