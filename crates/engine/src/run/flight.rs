//! The parts of one job that are on their way, and how they end when the job is stopped.

use std::collections::HashMap;
use std::time::Duration;

use partway_core::{Event, PartNumber, PartPlan};
use tokio::task::{AbortHandle, JoinError, JoinSet};

use super::part::{Part, PartEnd};
use super::patience::wait_for;
use super::{Halt, Run};
use crate::engine::Stop;

/// Parts in flight may take so long to end after a stop of any kind: small ones are through by then.
const GRACE: Duration = Duration::from_secs(5);

/// Parts on their way.
#[derive(Default)]
pub(super) struct Flight {
    parts: JoinSet<(PartNumber, Result<(), PartEnd>)>,
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
        let number = part.part.number;
        let handle = self.parts.spawn(async move { (number, part.send().await) });
        self.numbers.insert(number, handle);
    }

    /// The next one that ends; `None` where nothing is on its way. One that was let go of is passed over.
    pub(super) async fn next_end(&mut self) -> Option<Result<Result<(), PartEnd>, JoinError>> {
        loop {
            match self.parts.join_next().await? {
                Ok((number, end)) => {
                    self.numbers.remove(&number);
                    return Some(Ok(end));
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
            let grace = tokio::time::sleep(GRACE);
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

    /// Something larger than a part is wrong. What the others have nearly sent is worth waiting for a moment: it will not be sent again.
    pub(super) async fn drain(&self, flight: &mut Flight) {
        let mut stop = self.stop.clone();
        tokio::select! {
            () = flight.all_end() => {}
            () = tokio::time::sleep(GRACE) => {}
            _ = wait_for(&mut stop, Stop::Hard) => {}
        }
        flight.shut_down().await;
    }
}
