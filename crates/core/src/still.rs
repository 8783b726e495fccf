//! When a file in a watched folder may be sent: once it was seen unchanged for long enough. Callers pass in
//! what was seen, and when.

use std::time::Duration;

use crate::FileIdentity;

/// Shortest time that a file of any size must be unchanged.
const AT_LEAST: Duration = Duration::from_secs(2);

/// Longest time to wait for any file.
const AT_MOST: Duration = Duration::from_secs(60);

/// The time for an empty file: many programs create a file first and write to it later.
const EMPTY: Duration = Duration::from_secs(10);

/// One second is added per this many bytes: programs that write large files pause longer in between.
const BYTES_A_SECOND_MORE: u64 = 500_000_000;

/// The most files handed over at once, so that no batch occupies the journal's writer for long.
pub const MOST_AT_ONCE: usize = 5_000;

/// The longest that the first stable file waits for others.
const GATHERED_FOR: Duration = Duration::from_secs(5);

/// A file that will be stable within this time is waited for.
const NEARLY: Duration = Duration::from_secs(2);

/// A file as seen at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Its identity at that moment.
    pub identity: FileIdentity,
    /// How many times it changed soon after it was sent.
    pub changes: u32,
    /// When, by a monotonic clock.
    pub at: Duration,
}

/// Since when a file has been seen unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calm {
    identity: FileIdentity,
    changes: u32,
    since: Duration,
}

/// The result of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Unchanged for long enough.
    Still,
    /// Unchanged, but not yet for long enough: look again at `until`.
    NotYet {
        /// When it will have been unchanged for long enough.
        until: Duration,
    },
    /// No longer there.
    Gone,
}

/// How long a file of that size must be seen unchanged. Doubles for each time that it changed soon after it
/// was sent, because its writer pauses for longer than that.
#[must_use]
pub fn calm_time(size: u64, changes: u32) -> Duration {
    let calm = match size {
        0 => EMPTY,
        _ => AT_LEAST + Duration::from_secs(size / BYTES_A_SECOND_MORE),
    };
    calm.saturating_mul(2u32.saturating_pow(changes)).min(AT_MOST)
}

/// Judges one more look, given what was known before. Returns what is known after it, `None` if the file is
/// gone.
#[must_use]
pub fn judge(before: Option<Calm>, now: Option<Look>) -> (Option<Calm>, Verdict) {
    let Some(look) = now else { return (None, Verdict::Gone) };
    let calm = match before {
        Some(calm) if calm.identity == look.identity => calm,
        _ => Calm { identity: look.identity, changes: look.changes, since: look.at },
    };
    let until = calm.until();
    let verdict = if look.at >= until { Verdict::Still } else { Verdict::NotYet { until } };
    (Some(calm), verdict)
}

impl Calm {
    /// The identity of the file.
    #[must_use]
    pub const fn identity(&self) -> FileIdentity {
        self.identity
    }

    /// When the file will be, or became, stable.
    #[must_use]
    pub fn until(&self) -> Duration {
        self.since.saturating_add(calm_time(self.identity.size, self.changes))
    }
}

/// Whether stable files are handed over now or wait a little for others: many that arrive together become one
/// batch, and the first of them does not wait for ever. `first`: when the first of them became stable;
/// `next`: when the next one will be.
#[must_use]
pub fn gathered(files: usize, first: Duration, next: Option<Duration>, now: Duration) -> bool {
    files > 0
        && (files >= MOST_AT_ONCE
            || now.saturating_sub(first) >= GATHERED_FOR
            || next.is_none_or(|next| next.saturating_sub(now) > NEARLY))
}
