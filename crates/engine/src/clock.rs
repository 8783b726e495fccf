//! Time and chance, handed in: so that a test can make an hour pass and choose every random number.

use std::time::Duration;

/// The time.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch; may jump.
    fn unix_ms(&self) -> i64;
    /// Time since some fixed moment; never goes back.
    fn steady(&self) -> Duration;
    /// Time since the computer was started, sleep included, where the system tells.
    fn since_boot(&self) -> Option<Duration> {
        None
    }
    /// The day where this computer is, "2026-11-21", at a time in Unix milliseconds: for files that are named by it.
    fn date_of(&self, unix_ms: i64) -> String;
    /// Today.
    fn date(&self) -> String {
        self.date_of(self.unix_ms())
    }
}

/// A number from 0 up to 1.
pub trait Chance: Send + Sync + 'static {
    /// The next number.
    fn next(&self) -> f64;
}
