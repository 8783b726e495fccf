//! After this computer slept: nothing waits for what passed meanwhile, and nothing hangs on connections that are gone.

use std::collections::HashSet;
use std::time::Duration;

use partway_core::{Event, Hold, State};

use super::Engine;
use crate::journal::{JournalError, jobs};
use crate::record::{Job, JobId};
use crate::state::Stop;

/// A run looks at its signal at every turn; one that does not end within this waits for a disk that does not answer.
const END: Duration = Duration::from_secs(10);

impl Engine {
    /// Connections are renewed, and waits for network and service are over.
    ///
    /// Files that are uploading begin anew from their confirmed parts: what was on the way went into connections that the other end has
    /// given up, and would be waited for until a time-out. What only an answer is missing of is left to its own time-outs.
    ///
    /// # Errors
    /// Of the journal.
    pub async fn woke(&self) -> Result<(), JournalError> {
        let state = &self.0;
        state.parts.forget_connections();
        state.providers.forget_connections();
        let mut running: Vec<JobId> = state.active().keys().cloned().collect();
        // One that was paused a moment ago still has a run: for its last parts.
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
            // Only now: what was answered just before is told to a run until it ends.
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
