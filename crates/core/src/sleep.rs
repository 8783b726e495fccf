//! Whether this computer slept between two looks at its clocks.

use std::time::Duration;

/// What stands on the clocks at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// Milliseconds since the Unix epoch; may be set by hand.
    pub unix_ms: i64,
    /// Time that this process could see pass: on most systems it stands still while the computer sleeps.
    pub steady: Duration,
    /// Time since the computer was started, sleep included, where the system tells.
    pub since_boot: Option<Duration>,
}

/// From when until when, in milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slept {
    /// The last look before.
    pub from_ms: i64,
    /// The first look after.
    pub until_ms: i64,
}

/// Servers and routers keep a silent connection longer than this, and a busy machine looks at its clocks more often.
const SHORTEST: Duration = Duration::from_secs(60);

/// Whether more time passed than there should lie between two looks, which are some seconds apart.
///
/// A process that was stopped is told as asleep, too: for its connections it is the same. Where the system does not tell the time since its
/// start, a clock that was set ahead by hand cannot be told from a sleep.
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
