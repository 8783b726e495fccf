//! The parts of one job that are on their way, and how they end when the job is stopped.

use std::collections::HashMap;
use std::time::Duration;

use partway_core::{Event, PartNumber, PartPlan};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinError, JoinSet};

use super::ends::PartEnd;
use super::part::Part;
use super::patience::wait_for;
use super::{Halt, Run};
use crate::engine::Stop;

/// What became of a part.
pub(super) struct Landed {
    pub(super) part: PartNumber,
    /// After which renewal its link came, and since when it lived at most, Unix milliseconds.
    pub(super) renewal: u32,
    pub(super) since: i64,
    pub(super) outcome: Result<(), PartEnd>,
}

/// Parts on their way.
#[derive(Default)]
pub(super) struct Flight {
    parts: JoinSet<Landed>,
    numbers: HashMap<PartNumber, AbortHandle>,
}

impl Flight {
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
            .spawn(async move { Landed { part: number, renewal, since, outcome: part.send().await } });
        self.numbers.insert(number, handle);
    }

    /// The next one that ends; `None` where nothing is on its way. One that was let go of is passed over.
    pub(super) async fn next_end(&mut self) -> Option<Result<Landed, JoinError>> {
        loop {
            match self.parts.join_next().await? {
                Ok(landed) => {
                    self.numbers.remove(&landed.part);
                    return Some(Ok(landed));
                }
                Err(let_go) if let_go.is_cancelled() => {}
                Err(panic) => return Some(Err(panic)),
            }
        }
    }

    /// Lets go of all for which this holds.
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

    /// Something larger than a part is wrong. What the others have nearly sent is worth waiting for a moment: it will not be sent again.
    pub(super) async fn drain(&mut self, mut stop: watch::Receiver<Stop>, grace: Duration) {
        tokio::select! {
            () = self.all_end() => {}
            () = tokio::time::sleep(grace) => {}
            _ = wait_for(&mut stop, Stop::Hard) => {}
        }
        self.shut_down().await;
    }

    /// Awaited, not only dropped: an abort of the session may follow, and must find no part in flight.
    pub(super) async fn shut_down(&mut self) {
        self.numbers.clear();
        self.parts.shutdown().await;
    }
}

impl Run {
    /// The run is to stop. Whoever paused can wait for what is half through and more, as long as that takes; everything else
    /// gets its few seconds. `Ok`: the pause was taken back meanwhile, and sending goes on with what is in flight.
    pub(super) async fn stop_sending(&mut self, flight: &mut Flight, plan: &PartPlan) -> Result<(), Halt> {
        let mut stop = self.stop.clone();
        let mut patient = true;
        loop {
            let level = *stop.borrow_and_update();
            match level {
                Stop::No | Stop::TakenBack => return self.go_on_sending(flight).await,
                Stop::Hard => break,
                Stop::Pause if !patient => self.let_go_of_the_rest(flight, plan),
                Stop::Pause | Stop::Soft => {}
            }
            let grace = tokio::time::sleep(self.inner.grace);
            tokio::select! {
                () = flight.all_end() => break,
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
        flight.shut_down().await;
        // Taken back when nothing was left to wait for: the job waits already, and gets its turn like any other.
        Err(Halt::Overtaken)
    }

    /// Parts that are less than half through are not worth a long wait.
    fn let_go_of_the_rest(&self, flight: &mut Flight, plan: &PartPlan) {
        let in_flight = self.live.view(self.inner.clock.steady()).flying;
        flight.let_go(|number| {
            let taken = in_flight.iter().find(|part| part.number == number).map_or(0, |part| part.taken);
            plan.part(number).is_none_or(|part| taken < part.len.div_ceil(2))
        });
    }

    /// This run still has its permit, so the job need not wait for another one.
    async fn go_on_sending(&mut self, flight: &mut Flight) -> Result<(), Halt> {
        self.inner.goes_on(&self.job.id);
        for event in [Event::Permit, Event::Ready] {
            if let Err(halt) = self.step(event, None).await {
                flight.shut_down().await;
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

    /// A part that never ends, and a thread's width of proof that it is gone: the count of those who hold on to it.
    fn endless(flight: &mut Flight) -> Arc<()> {
        let held = Arc::new(());
        let by_part = Arc::clone(&held);
        flight.parts.spawn(async move {
            let _held = by_part;
            std::future::pending().await
        });
        held
    }

    /// An abort of the session may follow at once: it must find nothing in flight.
    #[tokio::test(start_paused = true)]
    async fn after_the_grace_nothing_is_in_flight_any_more() {
        let (_stop, stopped) = watch::channel(Stop::No);
        let mut flight = Flight::default();
        let held = endless(&mut flight);
        let begun = tokio::time::Instant::now();
        flight.drain(stopped, Duration::from_secs(7)).await;
        assert_eq!((Arc::strong_count(&held), begun.elapsed().as_secs()), (1, 7));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_wants_the_end_at_once_does_not_wait_for_the_grace() {
        let (stop, stopped) = watch::channel(Stop::No);
        let mut flight = Flight::default();
        let held = endless(&mut flight);
        let begun = tokio::time::Instant::now();
        stop.send_replace(Stop::Hard);
        flight.drain(stopped, Duration::from_secs(7)).await;
        assert_eq!((Arc::strong_count(&held), begun.elapsed().as_secs()), (1, 0));
    }
}
