//! Live progress: parts in flight, speed, and the ribbon that shows it. Never journaled.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use partway_core::{PartNumber, PartPlan, RateMeter};

use crate::body::Attempt;

/// What slows a running job down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The service is throttling until then (steady time).
    Throttled(Duration),
    /// The network does not answer.
    Network,
    /// All parts are sent and *complete* has not been answered.
    Unanswered,
}

/// Live state of a running job.
#[derive(Debug, Default)]
pub(crate) struct Live {
    now: Mutex<Now>,
    rate: Mutex<RateMeter>,
}

#[derive(Debug, Default)]
struct Now {
    plan: Option<PartPlan>,
    confirmed: Vec<bool>,
    flying: BTreeMap<PartNumber, Flying>,
    /// Bytes taken by the connection in the last attempt of unconfirmed parts, until read.
    ended: BTreeMap<PartNumber, u64>,
    trouble: Option<Trouble>,
    reads: Option<Arc<AtomicU64>>,
    /// The highest number of confirmed bytes reported in this session.
    told: u64,
}

#[derive(Debug)]
struct Flying {
    attempt: Arc<Attempt>,
    again: bool,
}

/// A part in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InFlight {
    /// Its number.
    pub number: PartNumber,
    /// Its bytes in flight: acknowledged by the peer if the system reports that, else taken by the
    /// connection.
    pub taken: u64,
    /// Whether it was sent before.
    pub again: bool,
}

/// A snapshot of a running job.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LiveView {
    /// Bytes in flight, see [`InFlight::taken`].
    pub on_the_way: u64,
    /// Bytes per second over the last seconds.
    pub speed: u64,
    /// Parts in flight.
    pub flying: Vec<InFlight>,
    /// What slows it down.
    pub trouble: Option<Trouble>,
    /// Bytes of the file read so far while its hash is computed before the start.
    pub read: Option<u64>,
    /// How much longer it holds back because the service is throttling.
    pub patience: Duration,
    /// Which parts are confirmed, in order; empty before the plan is known.
    pub confirmed: Vec<bool>,
}

impl Live {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_plan(&self, plan: PartPlan, confirmed: &[PartNumber]) {
        let mut now = self.now();
        now.plan = Some(plan);
        now.told = 0;
        now.confirmed = vec![false; plan.count() as usize];
        for part in confirmed {
            if let Some(slot) = now.confirmed.get_mut(part.get() as usize - 1) {
                *slot = true;
            }
        }
    }

    /// Reports confirmed bytes. Parts that finish together arrive in any order, but the reported value
    /// never decreases within a session.
    pub(crate) fn tell_confirmed(&self, confirmed: u64, tell: impl FnOnce(u64)) {
        let mut now = self.now();
        now.told = now.told.max(confirmed);
        tell(now.told);
    }

    pub(crate) fn begin(&self, part: PartNumber, attempt: Arc<Attempt>, again: bool) {
        self.now().flying.insert(part, Flying { attempt, again });
    }

    pub(crate) fn end(&self, part: PartNumber) {
        let mut now = self.now();
        if let Some(flying) = now.flying.remove(&part) {
            now.ended.insert(part, flying.attempt.taken());
        }
    }

    /// Takes the number of bytes sent in a part's last attempt.
    pub(crate) fn sent(&self, part: PartNumber) -> u64 {
        self.now().ended.remove(&part).unwrap_or(0)
    }

    pub(crate) fn confirm(&self, part: PartNumber) {
        let mut now = self.now();
        now.flying.remove(&part);
        now.ended.remove(&part);
        now.trouble = None;
        if let Some(slot) = now.confirmed.get_mut(part.get() as usize - 1) {
            *slot = true;
        }
    }

    pub(crate) fn confirmed_count(&self) -> u64 {
        self.now().confirmed.iter().filter(|confirmed| **confirmed).count() as u64
    }

    pub(crate) fn trouble(&self, trouble: Option<Trouble>) {
        self.now().trouble = trouble;
    }

    /// Sets the counter of bytes read for the hash, if it is being computed.
    pub(crate) fn reads(&self, read: Option<Arc<AtomicU64>>) {
        self.now().reads = read;
    }

    pub(crate) fn took(&self, at: Duration, bytes: u64) {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner).record(at, bytes);
    }

    pub(crate) fn bytes_per_second(&self, at: Duration) -> f64 {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner).bytes_per_second(at)
    }

    pub(crate) fn view(&self, at: Duration) -> LiveView {
        let speed = self.bytes_per_second(at);
        let now = self.now();
        let flying: Vec<_> = now
            .flying
            .iter()
            .map(|(number, flying)| InFlight {
                number: *number,
                taken: flying.attempt.on_the_way(),
                again: flying.again,
            })
            .collect();
        LiveView {
            on_the_way: flying.iter().map(|part| part.taken).sum(),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a speed is never negative and far below 2^64"
            )]
            speed: speed as u64,
            flying,
            trouble: now.trouble,
            read: now.reads.as_ref().map(|read| read.load(Ordering::Relaxed)),
            patience: match now.trouble {
                Some(Trouble::Throttled(until)) => until.saturating_sub(at),
                _ => Duration::ZERO,
            },
            confirmed: now.confirmed.clone(),
        }
    }
}

/// The parts of a file as text: one character per part, or per group of parts if there are more than
/// `width`.
///
/// `.` not sent, `0` to `9` in flight (tenths taken), `d` confirmed, `r` being sent again. For groups, a
/// digit is the confirmed tenths.
#[must_use]
pub fn ribbon(plan: &PartPlan, confirmed: &[bool], flying: &[InFlight], width: u32) -> String {
    let count = plan.count();
    let is_confirmed = |number: u32| confirmed.get(number as usize - 1).copied().unwrap_or(false);
    if count <= width {
        let in_flight: BTreeMap<u32, &InFlight> =
            flying.iter().map(|part| (part.number.get(), part)).collect();
        return (1..=count)
            .map(|number| match in_flight.get(&number) {
                _ if is_confirmed(number) => 'd',
                Some(part) if part.again => 'r',
                Some(part) => {
                    let size = PartNumber::new(number).and_then(|n| plan.part(n)).map_or(1, |p| p.len.max(1));
                    tenth(part.taken, size)
                }
                None => '.',
            })
            .collect();
    }
    (0..width)
        .map(|share| {
            let from = u64::from(share) * u64::from(count) / u64::from(width);
            let to = u64::from(share + 1) * u64::from(count) / u64::from(width);
            let done = (from..to)
                .filter(|index| confirmed.get(usize::try_from(*index).unwrap_or(usize::MAX)) == Some(&true))
                .count();
            match (done as u64, to - from) {
                (0, _) => '.',
                (done, all) if done == all => 'd',
                (done, all) => tenth(done, all),
            }
        })
        .collect()
}

fn tenth(part: u64, whole: u64) -> char {
    let tenths = (u128::from(part) * 10 / u128::from(whole.max(1))).min(9);
    char::from(b'0' + u8::try_from(tenths).unwrap_or(9))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flying(number: u32, taken: u64, again: bool) -> InFlight {
        InFlight { number: PartNumber::new(number).unwrap(), taken, again }
    }

    #[test]
    fn each_part_has_its_own_letter_while_there_is_room() {
        let plan = PartPlan::restore(50, 10, 5).unwrap();
        let flying = [flying(3, 5, false), flying(4, 9, true)];
        assert_eq!(ribbon(&plan, &[true, true, false, false, false], &flying, 256), "dd5r.");
    }

    #[test]
    fn what_is_told_as_confirmed_never_runs_backwards_within_a_session() {
        let live = Live::default();
        let mut told = Vec::new();
        for confirmed in [10, 30, 20, 40] {
            live.tell_confirmed(confirmed, |confirmed| told.push(confirmed));
        }
        live.set_plan(PartPlan::restore(40, 10, 4).unwrap(), &[]);
        live.tell_confirmed(10, |confirmed| told.push(confirmed));
        assert_eq!(told, [10, 30, 30, 40, 10]);
    }

    #[test]
    fn many_parts_become_shares_that_tell_their_confirmed_tenths() {
        let plan = PartPlan::restore(1000, 1, 1000).unwrap();
        let confirmed: Vec<bool> = (0..1000).map(|index| index < 15).collect();
        assert_eq!(ribbon(&plan, &confirmed, &[], 100).get(..3), Some("d5."));
        assert_eq!(ribbon(&plan, &confirmed, &[], 100).len(), 100);
    }
}
