//! Who has a job: the thread that begins it, or the caller that withdraws it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Neither has it. Threads are numbered from 1.
const FREE: u64 = 0;

/// The caller has it, so it never runs.
const WITHDRAWN: u64 = u64::MAX;

/// Decides between the two: the first one has it for good.
#[derive(Default)]
pub(crate) struct Claim(AtomicU64);

impl Claim {
    /// Claims the job for the thread of this number; `false` if it was withdrawn.
    pub(crate) fn begin(&self, number: u64) -> bool {
        self.take(number).is_ok()
    }

    /// Withdraws the job; if it has begun already, returns the number of its thread.
    pub(crate) fn withdraw(&self) -> Option<u64> {
        self.take(WITHDRAWN).err().filter(|owner| *owner != WITHDRAWN)
    }

    /// Makes `owner` the owner if there is none, and else returns the one there is.
    fn take(&self, owner: u64) -> Result<(), u64> {
        // One step: between a look and a change the other side could come in.
        self.0.compare_exchange(FREE, owner, Ordering::AcqRel, Ordering::Acquire).map(drop)
    }
}

/// A caller that waits for its job. Withdraws it when dropped, because a caller may stop at any time.
pub(crate) struct Waiting(pub(crate) Arc<Claim>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.withdraw();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn the_first_one_has_it_for_good() {
        let begun = Claim::default();
        assert!(begun.begin(3));
        assert_eq!((begun.withdraw(), begun.withdraw()), (Some(3), Some(3)));

        let withdrawn = Claim::default();
        assert_eq!((withdrawn.withdraw(), withdrawn.withdraw()), (None, None));
        assert!(!withdrawn.begin(3));
        assert_eq!(withdrawn.withdraw(), None, "and it stays withdrawn");
    }

    #[test]
    fn of_two_at_once_exactly_one_has_it() {
        for _ in 0..1000 {
            let (claim, both) = (Claim::default(), Barrier::new(2));
            let (begun, owner) = thread::scope(|scope| {
                let thread = scope.spawn(|| {
                    both.wait();
                    claim.begin(3)
                });
                both.wait();
                let owner = claim.withdraw();
                (thread.join().unwrap(), owner)
            });
            assert_eq!(owner, begun.then_some(3));
        }
    }

    #[test]
    fn a_caller_that_stops_has_withdrawn() {
        let claim = Arc::new(Claim::default());
        drop(Waiting(Arc::clone(&claim)));
        assert!(!claim.begin(3));
    }
}
