//! Holds that end by themselves, and what passing failures left behind when something goes through.

use std::sync::Arc;
use std::time::Duration;

use partway_core::{Event, Hold};

use super::EngineState;
use crate::journal::JournalError;
use crate::log::Log;
use crate::record::{Job, JobId};

/// After an error of the journal the end of a wait is tried again after that time.
const AFTER_ERROR: Duration = Duration::from_secs(5);

impl EngineState {
    /// Something was answered: a lost network is told to be back. That a list was answered says nothing of a part that fails, so what
    /// counts failures goes on counting.
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

    /// A part was confirmed: passing errors of before are over.
    pub(crate) async fn went_through(&self, id: &JobId) -> Result<(), JournalError> {
        self.memory().put_off.remove(id);
        self.network_back(id).await
    }

    /// Whether a job was put off by failures since its last part was confirmed.
    pub(crate) fn is_failing(&self, id: &JobId) -> bool {
        self.memory().put_off.get(id).is_some_and(|put_off| put_off.failing > 0)
    }

    /// Lifts a hold from a job, if it is still there and still carries it.
    pub(crate) async fn release(self: &Arc<Self>, id: &JobId, hold: Hold) -> Result<(), JournalError> {
        let held = move |job: &Job| job.holds.contains(hold).then_some((Event::Released(hold), None));
        self.apply_each(vec![id.clone()], held).await.map(drop)
    }

    /// Lifts a hold after a while; where the journal cannot write it down, again and again.
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
