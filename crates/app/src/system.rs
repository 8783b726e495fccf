//! The system clock and random numbers: the only source of time and randomness.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use partway_engine::{Bounds, Chance, Clock};

/// The system clock.
pub(crate) struct SystemClock(Instant);

impl SystemClock {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in")]
    fn unix_ms(&self) -> i64 {
        unix_ms(SystemTime::now())
    }

    fn steady(&self) -> Duration {
        self.0.elapsed()
    }

    /// The first field of that file is the uptime in seconds, with hundredths (proc_uptime(5)); it includes
    /// sleep.
    #[cfg(target_os = "linux")]
    fn since_boot(&self) -> Option<Duration> {
        let text = std::fs::read_to_string("/proc/uptime").ok()?;
        let seconds: f64 = text.split_whitespace().next()?.parse().ok()?;
        Duration::try_from_secs_f64(seconds).ok()
    }

    fn date_of(&self, unix_ms: i64) -> String {
        let end = if unix_ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let at = Timestamp::from_millisecond(unix_ms).unwrap_or(end);
        at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string()
    }
}

/// The current time for a crashing program, where no clock can be injected.
#[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in elsewhere")]
pub(crate) fn now() -> jiff::Zoned {
    written(SystemTime::now()).to_zoned(TimeZone::UTC)
}

/// Milliseconds since 1970, negative before.
pub(crate) fn unix_ms(at: SystemTime) -> i64 {
    let ms = |apart: Duration| i64::try_from(apart.as_millis()).unwrap_or(i64::MAX);
    match at.duration_since(UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(before) => -ms(before.duration()),
    }
}

/// Converts a time, clamped to the range of `Timestamp`: a clock can be set to the year 30827.
fn written(at: SystemTime) -> Timestamp {
    let end = if at < UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::try_from(at).unwrap_or(end)
}

/// The system's random number generator.
pub(crate) struct SystemChance;

impl Chance for SystemChance {
    fn next(&self) -> f64 {
        rand::random()
    }
}

/// Raises the limit of open files as far as the user may: systems start programs with far fewer, and each
/// part, file and watched folder takes one. Returns the limit; `None` if there is none, or it is unknown.
#[cfg(unix)]
pub(crate) fn raise_open_files() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    /// More than needed here; macOS accepts at most OPEN_MAX (getrlimit(2) there).
    const ENOUGH: u64 = if cfg!(target_os = "macos") { 10_240 } else { 65_536 };
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.unwrap_or(ENOUGH).min(ENOUGH);
    if now.current.is_some_and(|current| current < most) {
        let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: now.maximum });
        tracing::debug!(?raised, most, "the limit of open files");
    }
    getrlimit(Resource::Nofile).current
}

/// Windows has no such limit.
#[cfg(not(unix))]
pub(crate) const fn raise_open_files() -> Option<u64> {
    None
}

/// Whether to keep idle connections. With few open files, one kept from a call would be missing for the next
/// part.
pub(crate) fn keeps_connections(open_files: Option<u64>) -> bool {
    open_files.is_none_or(|files| files >= 64)
}

/// The limits on concurrent work for this many open files: with few of them, work started without a free
/// one is wasted.
pub(crate) fn bounds(open_files: Option<u64>) -> Bounds {
    /// Open in the process itself: journal, socket, log and what waits for them.
    const OWN: u64 = 28;
    let usual = Bounds::default();
    let Some(spare) =
        open_files.map(|files| usize::try_from(files.saturating_sub(OWN)).unwrap_or(usize::MAX))
    else {
        return usual;
    };
    // Each file takes one, as does a connection to the API and one per part; idle connections stay for a
    // while.
    let parts = (spare / 4).clamp(1, usual.parts);
    Bounds {
        jobs: (spare / 8).clamp(1, usual.jobs),
        parts,
        parts_per_job: usual.parts_per_job.min(parts),
        parts_at_first: usual.parts_at_first.min(parts),
        ..usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_few_open_files_less_goes_at_once_and_always_something() {
        let usual = Bounds::default();
        assert_eq!((bounds(None), bounds(Some(256))), (usual, usual));
        let few = bounds(Some(64));
        assert!(
            few.jobs >= 2 && few.jobs < usual.jobs && few.parts >= 4 && few.parts < usual.parts,
            "{few:?}"
        );
        for none in [0, 24, 32] {
            let least = bounds(Some(none));
            assert_eq!((least.jobs, least.parts, least.parts_per_job, least.parts_at_first), (1, 1, 1, 1));
        }
    }

    #[test]
    fn whatever_the_clock_says_there_is_a_time_and_a_date() {
        let year = |from_1970: i64| {
            let apart = Duration::from_secs(from_1970.unsigned_abs() * 31_556_952);
            if from_1970 < 0 { UNIX_EPOCH - apart } else { UNIX_EPOCH + apart }
        };
        let mut years = vec![(-10, "1960"), (0, "1970"), (342, "2312"), (8_029, "9999"), (28_857, "9999")];
        // Windows' own clock starts in 1601 ("FILETIME").
        if !cfg!(windows) {
            years.push((-20_000, "-9999"));
        }
        for (from_1970, date) in years {
            let said = written(year(from_1970)).to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string();
            assert!(said.starts_with(date), "{from_1970}: {said}");
            assert_eq!(unix_ms(year(from_1970)), from_1970 * 31_556_952_000);
        }
    }
}
