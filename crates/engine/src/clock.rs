//! Injected time and randomness, so that a test can advance an hour and choose every random number.

use std::time::Duration;

/// A source of time.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch; may jump.
    fn unix_ms(&self) -> i64;
    /// Monotonic time since a fixed moment.
    fn steady(&self) -> Duration;
    /// Time since boot, sleep included, if the system reports it.
    fn since_boot(&self) -> Option<Duration> {
        None
    }
    /// The local date, "2026-11-21", of a time in Unix milliseconds: for names that contain the date.
    fn date_of(&self, unix_ms: i64) -> String;
    /// Today's local date.
    fn date(&self) -> String {
        self.date_of(self.unix_ms())
    }
}

/// A source of random numbers from 0 up to, but not including, 1.
pub trait Chance: Send + Sync + 'static {
    /// The next number.
    fn next(&self) -> f64;
}
