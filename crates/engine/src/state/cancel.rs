//! The end of a cancellation.

use std::sync::Arc;

use partway_core::Event;

use super::EngineState;
use crate::journal::{jobs, sessions};
use crate::log::Log;
use crate::record::JobId;

impl EngineState {
    /// Waits for parts in flight to stop, then discards the session and ends the job.
    pub(crate) async fn finish_cancel(self: &Arc<Self>, id: &JobId) {
        self.run_is_over(id).await;
        let job = id.clone();
        let given_up = self
            .journal
            .write(move |conn| {
                let Some(found) = jobs::get(conn, &job)? else { return Ok(None) };
                sessions::give_up(conn, &job)?;
                // For a skipped job the log says so already.
                Ok((!found.skipped).then_some(Log::Cancelled))
            })
            .await;
        let outcome = match given_up {
            Ok(log) => self.apply(id, Event::Stopped, log).await.map(|_| ()),
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::error!(%error, job = %id, "a cancellation could not be written down; it is done again at the next start");
        }
        self.memory().gave_up = true;
        self.sweep.notify_one();
    }

    /// Waits until a job has no run.
    pub(crate) async fn run_is_over(self: &Arc<Self>, id: &JobId) {
        loop {
            let ended = self.run_ended.notified();
            if !self.active().contains_key(id) {
                return;
            }
            ended.await;
        }
    }
}
