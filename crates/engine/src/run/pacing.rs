//! A part's turn: the host is not throttling, a permit is free, and the run is still wanted.

use std::time::Duration;

use partway_core::{Failure, RetryClass};

use super::ends::PartEnd;
use super::part::Part;
use super::probe::Probing;
use super::retry::wait_for;
use crate::permits::PartPermit;
use crate::run::RunError;
use crate::state::Stop;

impl Part {
    /// Waits for the part's turn. A waiting part does not start once the run is to stop.
    pub(super) async fn turn(&self, host: &str) -> Result<PartPermit, PartEnd> {
        let mut stop = self.stop.clone();
        let mine = async {
            loop {
                self.leave_alone(host).await;
                let permit = self.state.permits.part(host).await?;
                // The host may have started throttling while this part waited for its permit.
                if self.left_alone_for(host).is_zero() {
                    return Some(permit);
                }
            }
        };
        tokio::select! {
            biased;
            halt = wait_for(&mut stop, Stop::TakenBack) => Err(PartEnd::RunError(halt)),
            permit = mine => permit.ok_or(PartEnd::RunError(RunError::Overtaken)),
        }
    }

    /// Waits until no other part of the job is being retried, unless the run is to stop.
    pub(super) async fn probe_turn(&self) -> Result<Option<Probing>, PartEnd> {
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            halt = wait_for(&mut stop, Stop::TakenBack) => Err(PartEnd::RunError(halt)),
            () = self.probe.until_over() => Err(PartEnd::RunError(RunError::Overtaken)),
            turn = self.probe.turn() => Ok(turn),
        }
    }

    /// Waits before the next attempt, unless the run is to stop or about to end.
    pub(super) async fn rest(&self, delay: Duration) -> Result<(), PartEnd> {
        let mut stop = self.stop.clone();
        tokio::select! {
            halt = wait_for(&mut stop, Stop::TakenBack) => Err(PartEnd::RunError(halt)),
            () = self.probe.until_over() => Err(PartEnd::RunError(RunError::Overtaken)),
            () = tokio::time::sleep(delay) => Ok(()),
        }
    }

    /// One pacer per host: everything else for a throttling host waits as well. `false`: already reported.
    pub(super) fn quiet(&self, host: &str, failure: &Failure, delay: Duration) -> bool {
        if !matches!(failure.class, RetryClass::Throttled { .. }) {
            return true;
        }
        let now = self.state.clock.steady();
        let first = {
            let mut memory = self.state.memory();
            let until = memory.quiet_until.entry(host.to_owned()).or_default();
            let first = *until < now;
            // The longest wait counts: parts in flight at the same time receive different ones.
            *until = (*until).max(now + delay);
            first
        };
        if first {
            self.state.permits.slow_down(host);
        }
        first
    }

    /// Waits while the host is throttling, with jitter.
    async fn leave_alone(&self, host: &str) {
        loop {
            let left = self.left_alone_for(host);
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left + Duration::from_millis(200).mul_f64(self.state.chance.next())).await;
        }
    }

    fn left_alone_for(&self, host: &str) -> Duration {
        let until = self.state.memory().quiet_until.get(host).copied();
        until.map_or(Duration::ZERO, |until| until.saturating_sub(self.state.clock.steady()))
    }
}
