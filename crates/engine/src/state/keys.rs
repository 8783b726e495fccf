//! What is known of a destination's key, and of its storage.

use std::sync::Arc;

use super::EngineState;
use crate::journal::{JournalError, destinations};
use crate::record::{DestinationId, Keeps, Standing};

impl EngineState {
    /// What is known of a destination's key, as a number that changes with it: what comes of an earlier one says nothing of the present.
    pub(crate) fn which_key(&self, id: &DestinationId) -> u32 {
        self.memory().keys.get(id).copied().unwrap_or(0)
    }

    /// A key was replaced or refused.
    pub(crate) fn key_changed(&self, id: &DestinationId) {
        *self.memory().keys.entry(id.clone()).or_insert(0) += 1;
    }

    /// The key was accepted, unless it was refused or replaced since it was taken up: files that wait for another must not look well.
    pub(crate) async fn key_is_good(
        self: &Arc<Self>,
        id: &DestinationId,
        key: u32,
    ) -> Result<(), JournalError> {
        let (state, wanted) = (Arc::clone(self), id.clone());
        let changed = self.journal.write(move |conn| {
            // Asked on the writer's thread: a refusal is counted before it is written.
            Ok(state.which_key(&wanted) == key && destinations::set_standing(conn, &wanted, Standing::Good)?)
        });
        if changed.await? {
            self.destination_changed(id);
        }
        Ok(())
    }

    /// What an upload or a test showed of how the storage replaces objects.
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
