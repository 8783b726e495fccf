//! Holds that end by themselves, and resetting the memory of transient failures after a success.

use std::sync::Arc;
use std::time::Duration;

use partway_core::{Event, Hold};

use super::EngineState;
use crate::journal::JournalError;
use crate::log::Log;
use crate::record::{Job, JobId};

/// Delay before releasing a hold is retried after a journal error.
const AFTER_ERROR: Duration = Duration::from_secs(5);

impl EngineState {
    /// A request was answered: logs that a lost network is back. An answered list says nothing about a
    /// failing part, so failure counts are kept.
    pub(crate) async fn network_back(&self, id: &JobId) -> Result<(), JournalError> {
        let was_lost = {
            let mut memory = self.memory();
            if let Some(put_off) = memory.put_off.get_mut(id) {
                put_off.offline = 0;
            }
            memory.offline.remove(id)
        };
        if was_lost { self.log(id, Log::NetworkBack).await } else { Ok(()) }
    }

    /// A part was confirmed: earlier transient errors are over.
    pub(crate) async fn went_through(&self, id: &JobId) -> Result<(), JournalError> {
        self.memory().put_off.remove(id);
        self.network_back(id).await
    }

    /// Whether a job has been put off by failures since its last part was confirmed.
    pub(crate) fn is_failing(&self, id: &JobId) -> bool {
        self.memory().put_off.get(id).is_some_and(|put_off| put_off.failing > 0)
    }

    /// Releases a hold of a job, if both still exist.
    pub(crate) async fn release(self: &Arc<Self>, id: &JobId, hold: Hold) -> Result<(), JournalError> {
        let held = move |job: &Job| job.holds.contains(hold).then_some((Event::Released(hold), None));
        self.apply_each(vec![id.clone()], held).await.map(drop)
    }

    /// Releases a hold after a delay; retries while the journal cannot record it.
    pub(crate) fn release_later(self: &Arc<Self>, id: JobId, hold: Hold, after: Duration) {
        let state = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            while !state.is_closing() {
                match state.release(&id, hold).await {
                    Ok(()) => return,
                    Err(error) => tracing::error!(%error, job = %id, "a wait could not be ended"),
                }
                tokio::time::sleep(AFTER_ERROR).await;
            }
        });
    }
}
