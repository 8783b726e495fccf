//! The real clock and real chance: the one place where time and randomness come in.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use partway_engine::{Chance, Clock};

/// The system's clock.
pub(crate) struct SystemClock(Instant);

impl SystemClock {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in")]
    fn unix_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn steady(&self) -> Duration {
        self.0.elapsed()
    }

    /// The first word of that file is seconds since the start, in hundredths (proc_uptime(5)); sleep is among them.
    #[cfg(target_os = "linux")]
    fn since_boot(&self) -> Option<Duration> {
        let text = std::fs::read_to_string("/proc/uptime").ok()?;
        let seconds: f64 = text.split_whitespace().next()?.parse().ok()?;
        Duration::try_from_secs_f64(seconds).ok()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in")]
    fn date(&self) -> String {
        jiff::Zoned::now().strftime("%Y-%m-%d").to_string()
    }
}

/// Now, where no clock can be handed in: in a program that is crashing.
#[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in elsewhere")]
pub(crate) fn now() -> jiff::Zoned {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC)
}

/// The system's chance.
pub(crate) struct SystemChance;

impl Chance for SystemChance {
    fn next(&self) -> f64 {
        rand::random()
    }
}
