//! The parts of one job in flight, and how they end when the job is stopped.

use std::collections::HashMap;
use std::time::Duration;

use partway_core::{Event, PartNumber, PartPlan};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinError, JoinSet};

use super::ends::PartEnd;
use super::part::Part;
use super::retry::wait_for;
use super::{Run, RunError};
use crate::state::Stop;

/// The outcome of a part.
pub(super) struct EndedPart {
    pub(super) part: PartNumber,
    /// The renewal that its link came from, and the earliest start of its lifetime, Unix milliseconds.
    pub(super) renewal: u32,
    pub(super) since: i64,
    pub(super) outcome: Result<(), PartEnd>,
}

/// Parts in flight.
#[derive(Default)]
pub(super) struct InFlightParts {
    parts: JoinSet<EndedPart>,
    numbers: HashMap<PartNumber, AbortHandle>,
}

impl InFlightParts {
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    pub(super) fn holds(&self, number: PartNumber) -> bool {
        self.numbers.contains_key(&number)
    }

    pub(super) fn begin(&mut self, part: Part) {
        let (number, renewal, since) = (part.part.number, part.renewal, part.since);
        let handle = self
            .parts
            .spawn(async move { EndedPart { part: number, renewal, since, outcome: part.send().await } });
        self.numbers.insert(number, handle);
    }

    /// The next part to end, skipping aborted ones; `None` if nothing is in flight.
    pub(super) async fn next_end(&mut self) -> Option<Result<EndedPart, JoinError>> {
        loop {
            match self.parts.join_next().await? {
                Ok(ended) => {
                    self.numbers.remove(&ended.part);
                    return Some(Ok(ended));
                }
                Err(let_go) if let_go.is_cancelled() => {}
                Err(panic) => return Some(Err(panic)),
            }
        }
    }

    /// Aborts all parts that match.
    fn let_go(&mut self, mut of: impl FnMut(PartNumber) -> bool) {
        self.numbers.retain(|number, handle| {
            let gone = of(*number);
            if gone {
                handle.abort();
            }
            !gone
        });
    }

    async fn all_end(&mut self) {
        while self.next_end().await.is_some() {}
    }

    /// Something larger than a part failed. Waits briefly for the others, so that what is nearly sent need
    /// not be sent again.
    pub(super) async fn drain(&mut self, mut stop: watch::Receiver<Stop>, grace: Duration) {
        tokio::select! {
            () = self.all_end() => {}
            () = tokio::time::sleep(grace) => {}
            _ = wait_for(&mut stop, Stop::Hard) => {}
        }
        self.shut_down().await;
    }

    /// Awaited, not just dropped: the session may be aborted next and must find no part in flight.
    pub(super) async fn shut_down(&mut self) {
        self.numbers.clear();
        self.parts.shutdown().await;
    }
}

impl Run {
    /// The run is to stop. A pause waits as long as it takes for parts that are at least half sent;
    /// everything else gets the grace period. `Ok`: the pause was taken back meanwhile, and sending
    /// continues with what is in flight.
    pub(super) async fn stop_sending(
        &mut self,
        in_flight: &mut InFlightParts,
        plan: &PartPlan,
    ) -> Result<(), RunError> {
        let mut stop = self.stop.clone();
        let mut patient = true;
        loop {
            let level = *stop.borrow_and_update();
            match level {
                Stop::No | Stop::TakenBack => return self.go_on_sending(in_flight).await,
                Stop::Hard => break,
                Stop::Pause if !patient => self.let_go_of_the_rest(in_flight, plan),
                Stop::Pause | Stop::Soft => {}
            }
            let grace = tokio::time::sleep(self.state.grace);
            tokio::select! {
                () = in_flight.all_end() => break,
                () = grace, if patient || level == Stop::Soft => {
                    if level == Stop::Soft {
                        break;
                    }
                    patient = false;
                }
                changed = stop.changed() => if changed.is_err() {
                    break;
                },
            }
        }
        in_flight.shut_down().await;
        // If it was taken back with nothing left to wait for, the job is already waiting and gets its turn
        // like any other.
        Err(RunError::Overtaken)
    }

    /// Aborts parts that are less than half sent: they are not worth a long wait.
    fn let_go_of_the_rest(&self, in_flight: &mut InFlightParts, plan: &PartPlan) {
        let live = self.live.view(self.state.clock.steady()).flying;
        in_flight.let_go(|number| {
            let taken = live.iter().find(|part| part.number == number).map_or(0, |part| part.taken);
            plan.part(number).is_none_or(|part| taken < part.len.div_ceil(2))
        });
    }

    /// This run still has its permit, so the job need not wait for another one.
    async fn go_on_sending(&mut self, in_flight: &mut InFlightParts) -> Result<(), RunError> {
        self.state.goes_on(&self.job.id);
        for event in [Event::Permit, Event::Ready] {
            if let Err(halt) = self.step(event, None).await {
                in_flight.shut_down().await;
                return Err(halt);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A part that never ends; the returned counter shows whether it is gone.
    fn endless(in_flight: &mut InFlightParts) -> Arc<()> {
        let held = Arc::new(());
        let by_part = Arc::clone(&held);
        in_flight.parts.spawn(async move {
            let _held = by_part;
            std::future::pending().await
        });
        held
    }

    /// The session may be aborted next: it must find nothing in flight.
    #[tokio::test(start_paused = true)]
    async fn after_the_grace_nothing_is_in_flight_any_more() {
        let (_stop, stopped) = watch::channel(Stop::No);
        let mut in_flight = InFlightParts::default();
        let held = endless(&mut in_flight);
        let begun = tokio::time::Instant::now();
        in_flight.drain(stopped, Duration::from_secs(7)).await;
        assert_eq!((Arc::strong_count(&held), begun.elapsed().as_secs()), (1, 7));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_wants_the_end_at_once_does_not_wait_for_the_grace() {
        let (stop, stopped) = watch::channel(Stop::No);
        let mut in_flight = InFlightParts::default();
        let held = endless(&mut in_flight);
        let begun = tokio::time::Instant::now();
        stop.send_replace(Stop::Hard);
        in_flight.drain(stopped, Duration::from_secs(7)).await;
        assert_eq!((Arc::strong_count(&held), begun.elapsed().as_secs()), (1, 0));
    }
}
