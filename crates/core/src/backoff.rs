//! How long to wait before the next attempt.

use std::time::Duration;

/// Exponential back-off with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Upper bound of the wait before the second attempt; doubles with each further attempt.
    pub first: Duration,
    /// Upper bound of any wait.
    pub cap: Duration,
}

impl Backoff {
    /// 500 ms, doubling up to a minute: a short outage costs little, a long one leaves the service in peace.
    pub const DEFAULT: Self = Self { first: Duration::from_millis(500), cap: Duration::from_secs(60) };

    /// The wait after attempt number `attempt` (from 1) failed. The caller supplies `random`, in 0..1.
    ///
    /// Full jitter draws from the whole span, so parts that failed together don't retry together. A draw of 0
    /// would be no back-off at all, so the result is at least a tenth of `first`.
    #[must_use]
    pub fn delay(&self, attempt: u32, random: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let ceiling = self.first.saturating_mul(1 << doublings).min(self.cap);
        let floor = (self.first / 10).max(Duration::from_millis(1));
        // NaN and values outside 0..1 are clamped to the nearest end.
        let random = if random > 0.0 { random.min(1.0) } else { 0.0 };
        let drawn =
            Duration::try_from_secs_f64(ceiling.as_secs_f64() * random).unwrap_or(ceiling).min(ceiling);
        drawn.max(floor)
    }

    /// Like [`delay`](Self::delay), but never shorter than the service asked for (`Retry-After`).
    ///
    /// Up to `first` is added at random: otherwise all parts that got "in 5 s" would retry in the same
    /// instant.
    #[must_use]
    pub fn delay_after(&self, attempt: u32, random: f64, retry_after: Option<Duration>) -> Duration {
        let delay = self.delay(attempt, random);
        let spread = Self { cap: self.first, ..*self }.delay(1, random);
        retry_after.map_or(delay, |asked| delay.max(asked.saturating_add(spread)))
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::DEFAULT
    }
}
