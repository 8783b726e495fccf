//! How often a call to a vendor's API is repeated before the run ends and the job waits.

use std::sync::Arc;
use std::time::Duration;

use partway_core::{Backoff, Cause, Failure, RetryClass};
use partway_provider::Provider;

use super::{Run, RunError};
use crate::log::Log;
use crate::progress::Trouble;
use crate::state::Stop;

/// Attempts per call within one run; after that the job returns its permit and waits.
const TRIES: u32 = 6;

impl Run {
    /// Calls until it succeeds, fails for good, or the attempts are used up. [`Refused::Failure`] is for
    /// the caller to judge.
    pub(super) async fn patiently<T, F, Fut>(&mut self, call: F) -> Result<T, Refused>
    where
        F: Fn(Arc<dyn Provider>) -> Fut,
        Fut: Future<Output = Result<T, Failure>>,
    {
        let mut tries = 0;
        loop {
            self.still_wanted()?;
            // A call is never cancelled midway: dropping the answer to a start would leave behind a session
            // that no one knows of.
            let failure = match call(Arc::clone(&self.provider)).await {
                Ok(value) => {
                    self.live.trouble(None);
                    self.state.network_back(&self.job.id).await.map_err(RunError::from)?;
                    return Ok(value);
                }
                Err(failure) => failure,
            };
            tries += 1;
            tracing::info!(job = %self.job.id, %failure, tries, "a call did not succeed");
            let after = match failure.class {
                RetryClass::Again | RetryClass::Offline => None,
                RetryClass::Throttled { after } => after,
                _ => return Err(Refused::Failure(failure)),
            };
            let delay = Backoff::DEFAULT.delay_after(tries, self.state.chance.next(), after);
            // A long wait must not occupy a permit.
            if tries >= TRIES
                || delay > Duration::from_secs(30)
                || (failure.class == RetryClass::Offline && tries >= 2)
            {
                return Err(Refused::RunError(RunError::from_failure(&failure)));
            }
            self.live.trouble(trouble(&failure, self.state.clock.steady() + delay));
            // A shortage on this computer is reported at once: the user can do something about it.
            if tries == 1 && failure.cause == Cause::OpenFiles {
                self.log(Log::OpenFiles { seconds: delay.as_secs().max(1) })
                    .await
                    .map_err(Refused::RunError)?;
            }
            self.pause_for(delay).await?;
        }
    }

    /// Waits, unless the run is to end.
    pub(super) async fn pause_for(&mut self, delay: Duration) -> Result<(), RunError> {
        tokio::select! {
            () = tokio::time::sleep(delay) => Ok(()),
            halt = wait_for(&mut self.stop, Stop::TakenBack) => Err(halt),
        }
    }

    pub(super) fn still_wanted(&self) -> Result<(), RunError> {
        if self.stopping() == Stop::No && !self.state.is_closing() {
            Ok(())
        } else {
            Err(RunError::Overtaken)
        }
    }
}

/// Resolves once the stop level reaches `least`.
pub(super) async fn wait_for(stop: &mut tokio::sync::watch::Receiver<Stop>, least: Stop) -> RunError {
    if stop.wait_for(|now| *now >= least).await.is_err() {
        // The engine dropped this run's sender, so it can no longer be stopped and ends.
        tracing::debug!("the way to stop a run is gone");
    }
    RunError::Overtaken
}

/// What a failure shows about the connection; nothing if the next attempt may succeed.
pub(super) fn trouble(failure: &Failure, until: Duration) -> Option<Trouble> {
    match failure.class {
        RetryClass::Offline => Some(Trouble::Network),
        RetryClass::Throttled { .. } => Some(Trouble::Throttled(until)),
        _ => None,
    }
}

/// Why a call failed in the end.
#[derive(Debug)]
pub(super) enum Refused {
    /// For the caller to judge.
    Failure(Failure),
    /// The run ends.
    RunError(RunError),
}

impl From<RunError> for Refused {
    fn from(halt: RunError) -> Self {
        Self::RunError(halt)
    }
}

impl From<Refused> for RunError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Failure(failure) => Self::from_failure(&failure),
            Refused::RunError(halt) => halt,
        }
    }
}
