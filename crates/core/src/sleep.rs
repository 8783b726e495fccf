//! Whether this computer slept between two readings of its clocks.

use std::time::Duration;

/// The clocks at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// Milliseconds since the Unix epoch; the user may change it.
    pub unix_ms: i64,
    /// Monotonic time of this process: on most systems it stands still while the computer sleeps.
    pub steady: Duration,
    /// Time since boot, sleep included, if the system reports it.
    pub since_boot: Option<Duration>,
}

/// The interval slept, in milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slept {
    /// The last reading before.
    pub from_ms: i64,
    /// The first reading after.
    pub until_ms: i64,
}

/// Shortest gap that counts as sleep. Servers and routers keep an idle connection longer than this, and a
/// busy machine reads its clocks more often.
const SHORTEST: Duration = Duration::from_secs(60);

/// The sleep between two readings that should be some seconds apart, if more time passed than that.
///
/// A stopped process counts as asleep, too: for its connections it is the same. If the system does not report
/// the time since boot, a clock that was set ahead looks like a sleep.
#[must_use]
pub fn slept(before: &Clocks, now: &Clocks) -> Option<Slept> {
    let ran = now.steady.saturating_sub(before.steady);
    let passed = match (before.since_boot, now.since_boot) {
        (Some(before), Some(now)) => now.saturating_sub(before),
        _ => Duration::from_millis(u64::try_from(now.unix_ms.saturating_sub(before.unix_ms)).unwrap_or(0)),
    };
    let passed = passed.max(ran);
    let ms = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
    // Counted back from now: the clock may have been set in between.
    (passed >= SHORTEST).then(|| Slept { from_ms: now.unix_ms.saturating_sub(ms), until_ms: now.unix_ms })
}
