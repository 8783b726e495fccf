//! Transfer rate and remaining time.

use std::time::Duration;

/// Half a second per bucket: two figures a second are all that a person can follow.
const BUCKET: Duration = Duration::from_millis(500);
/// Ten seconds: long enough to smooth over the gaps between parts, short enough to follow a changing network.
const WINDOW: Duration = Duration::from_secs(10);
/// The buckets of the window, plus the one that is just sliding out of it.
const BUCKETS: usize = 21;
/// Shortest time over which a rate is measured: otherwise the first block after a start would count as a
/// gigabyte a second.
const SHORTEST: Duration = Duration::from_secs(1);
/// Beyond 30 days "time left" is a division, not a forecast.
const LONGEST_GUESS: Duration = Duration::from_secs(30 * 86_400);

/// Bytes per second over the last ten seconds, in constant memory.
///
/// Bytes are kept in a ring of half-second buckets. The oldest counts by the share of it that the window
/// still covers, so the rate slides and never jumps.
#[derive(Debug, Clone, Default)]
pub struct RateMeter {
    bytes: [u64; BUCKETS],
    /// The newest bucket's number, counted from the caller's start; its index is that modulo `BUCKETS`.
    newest: u64,
    /// When bytes began to arrive; until the window is full, the rate is taken over the time since then.
    began: Option<Duration>,
}

impl RateMeter {
    /// A meter without any bytes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records bytes sent at `at`, the time since any fixed start.
    pub fn record(&mut self, at: Duration, bytes: u64) {
        let bucket = number_at(at);
        let known = self.began.is_some_and(|began| at >= began);
        if !known || bucket.abs_diff(self.newest) >= BUCKETS as u64 {
            // The first bytes, the first after a long pause, or the clock was set back: older bytes say
            // nothing about the rate now.
            *self = Self { began: Some(at), newest: bucket, ..Self::default() };
        }
        while self.newest < bucket {
            self.newest += 1;
            self.bytes[place_of(self.newest)] = 0;
        }
        let slot = &mut self.bytes[place_of(bucket)];
        *slot = slot.saturating_add(bytes);
    }

    /// Bytes per second over the ten seconds before `at`; slides to 0 when nothing arrives, and is 0 if the
    /// clock was set back.
    #[must_use]
    pub fn bytes_per_second(&self, at: Duration) -> f64 {
        let now = number_at(at);
        let Some(began) = self.began else { return 0.0 };
        if now.abs_diff(self.newest) >= BUCKETS as u64 {
            return 0.0;
        }
        let now = now.max(self.newest);
        let oldest = now.saturating_sub(BUCKETS as u64 - 1);
        let leaving = 1.0 - (at.as_secs_f64() / BUCKET.as_secs_f64()).fract();
        let sum: f64 = (oldest..=self.newest)
            .map(|number| {
                let share = if now - number == BUCKETS as u64 - 1 { leaving } else { 1.0 };
                self.bytes[place_of(number)] as f64 * share
            })
            .sum();
        let span = at.saturating_sub(began).clamp(SHORTEST, WINDOW);
        sum / span.as_secs_f64()
    }
}

/// The number of the bucket that contains a moment.
fn number_at(at: Duration) -> u64 {
    u64::try_from(at.as_millis() / BUCKET.as_millis()).unwrap_or(u64::MAX)
}

/// A bucket's index in the ring.
const fn place_of(number: u64) -> usize {
    (number % BUCKETS as u64) as usize
}

/// How long the remaining bytes take at that rate; `None` if nothing moves or it would take longer than 30
/// days.
#[must_use]
pub fn time_left(remaining: u64, bytes_per_second: f64) -> Option<Duration> {
    if remaining == 0 {
        return Some(Duration::ZERO);
    }
    let seconds = remaining as f64 / bytes_per_second;
    (bytes_per_second > 0.0 && seconds <= LONGEST_GUESS.as_secs_f64())
        .then(|| Duration::from_secs_f64(seconds))
}
