//! Showing what changes in its own time: at once after a quiet while, at most once in an interval, and never the same twice.

use std::time::{Duration, Instant};

/// What was shown, and when the next look is due.
#[derive(Debug)]
pub(crate) struct Pace<T> {
    interval: Duration,
    shown: Option<T>,
}

impl<T: PartialEq + Clone> Pace<T> {
    /// Nothing was shown yet.
    pub(crate) const fn new(interval: Duration) -> Self {
        Self { interval, shown: None }
    }

    /// Something was told at this moment: whether it has to be shown, and until when nobody looks again. Whoever makes the ticks waits
    /// meanwhile, so that none is made that nobody sees.
    pub(crate) fn told(&mut self, now: Instant, told: &T) -> (bool, Instant) {
        let new = self.shown.as_ref() != Some(told);
        if new {
            self.shown = Some(told.clone());
        }
        (new, now + self.interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn ten_changes_a_second_are_shown_once_a_second_and_the_last_one_is_never_lost() {
        let begun = Instant::now();
        let mut pace = Pace::new(SECOND);
        let mut shown = Vec::new();
        let mut due = begun;
        // One change every 100 ms for three seconds; whoever looks sees the newest one.
        let change = |at: Instant| (at - begun).as_millis().min(3000) / 100;
        while due <= begun + 5 * SECOND {
            let at = due;
            let (new, next) = pace.told(at, &change(at));
            if new {
                shown.push(((at - begun).as_secs(), change(at)));
            }
            due = next;
        }
        assert_eq!(shown, [(0, 0), (1, 10), (2, 20), (3, 30)]);
    }

    #[test]
    fn the_same_is_not_shown_again_however_late_it_is_told() {
        let now = Instant::now();
        let mut pace = Pace::new(SECOND);
        assert!(pace.told(now, &7).0);
        assert!(!pace.told(now + 100 * SECOND, &7).0);
        assert!(pace.told(now + 101 * SECOND, &8).0);
    }
}
