//! Recovery after this computer slept: retries whatever was waiting, and drops dead connections.

use std::collections::HashSet;
use std::time::Duration;

use partway_core::{Event, Hold, State};

use super::Engine;
use crate::journal::{JournalError, jobs};
use crate::record::{Job, JobId};
use crate::state::Stop;

/// A run checks its signal at every turn; one that does not end within this is waiting for an unresponsive
/// disk.
const END: Duration = Duration::from_secs(10);

impl Engine {
    /// Renews connections and ends waits for network and service.
    ///
    /// Uploading files restart from their confirmed parts: what was in flight went into connections that
    /// the other end has dropped, and would only end in a timeout. Files that lack only an answer are left
    /// to their own timeouts.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn woke(&self) -> Result<(), JournalError> {
        let state = &self.0;
        state.parts.forget_connections();
        state.providers.forget_connections();
        let mut running: Vec<JobId> = state.active().keys().cloned().collect();
        // A job that was just paused still has a run, for its last parts.
        let mut sends = HashSet::new();
        for id in &running {
            let state = state.job(id).await.map(|job| job.state);
            if matches!(state, Ok(State::Uploading | State::Waiting)) {
                sends.insert(id.clone());
            }
        }
        running.retain(|id| sends.contains(id));
        for id in &running {
            if let Some(active) = state.active().get(id) {
                active.stop.send_replace(Stop::Hard);
            }
        }
        let mut over = Vec::new();
        for id in running {
            if tokio::time::timeout(END, state.run_is_over(&id)).await.is_ok() {
                over.push(id);
            }
        }
        {
            // Only now: a run still reacts to answers that arrived just before, until it ends.
            let mut memory = state.memory();
            memory.put_off.clear();
            memory.quiet_until.clear();
        }
        let again = |job: &Job| (job.state == State::Uploading).then_some((Event::Restarted, None));
        state.apply_each(over, again).await?;
        for hold in [Hold::Offline, Hold::Throttled, Hold::Unread, Hold::InUse] {
            let held = state.journal.read(move |conn| jobs::held_by(conn, hold)).await?;
            let held = held.into_iter().map(|(id, ..)| id).collect();
            let over = move |job: &Job| job.holds.contains(hold).then_some((Event::Released(hold), None));
            state.apply_each(held, over).await?;
        }
        state.wake.notify_one();
        Ok(())
    }
}
