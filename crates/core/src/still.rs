//! When a file in a watched folder may go: it was seen unchanged for long enough. Whoever looks hands in what was seen, and when.

use std::time::Duration;

use crate::FileIdentity;

/// A file of any size is seen unchanged for so long before it goes.
const AT_LEAST: Duration = Duration::from_secs(2);

/// No file is waited for longer than this.
const AT_MOST: Duration = Duration::from_secs(60);

/// Of a file that is empty more is to be expected: many programs make it first and write into it later.
const EMPTY: Duration = Duration::from_secs(10);

/// One second more for each of these: whoever writes a large file pauses longer in between.
const BYTES_A_SECOND_MORE: u64 = 500_000_000;

/// So many files are handed over at once at most, so that no batch takes the journal's writer for long.
pub const MOST_AT_ONCE: usize = 5_000;

/// The first of those that are still waits so long at most for others.
const GATHERED_FOR: Duration = Duration::from_secs(5);

/// A file that will be still within that time is waited for.
const NEARLY: Duration = Duration::from_secs(2);

/// A file as it was at one look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// What it was then.
    pub identity: FileIdentity,
    /// So often it changed soon after it went.
    pub changes: u32,
    /// When, by a clock that never goes back.
    pub at: Duration,
}

/// Since when a file is seen as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calm {
    identity: FileIdentity,
    changes: u32,
    since: Duration,
}

/// What the looks say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Unchanged for long enough.
    Still,
    /// Unchanged until now for too short a time: look again then.
    NotYet {
        /// When it will have been still for long enough.
        until: Duration,
    },
    /// Not there any more.
    Gone,
}

/// So long a file of that size is to be seen unchanged; twice as long for each time that it changed soon after it went, because whoever
/// writes it pauses for longer than was waited.
#[must_use]
pub fn calm_time(size: u64, changes: u32) -> Duration {
    let calm = match size {
        0 => EMPTY,
        _ => AT_LEAST + Duration::from_secs(size / BYTES_A_SECOND_MORE),
    };
    calm.saturating_mul(2u32.saturating_pow(changes)).min(AT_MOST)
}

/// What one more look says, given what was known before it; and what is known after it, `None` where the file is gone.
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
    /// What the file is.
    #[must_use]
    pub const fn identity(&self) -> FileIdentity {
        self.identity
    }

    /// When it will have been, or was, still for long enough.
    #[must_use]
    pub fn until(&self) -> Duration {
        self.since.saturating_add(calm_time(self.identity.size, self.changes))
    }
}

/// Whether files that are still are handed over now, or wait a little for others: many that come together become one batch, and
/// the first of them does not wait for ever. `first`: when the first of them was still; `next`: when the next one will be.
#[must_use]
pub fn gathered(files: usize, first: Duration, next: Option<Duration>, now: Duration) -> bool {
    files > 0
        && (files >= MOST_AT_ONCE
            || now.saturating_sub(first) >= GATHERED_FOR
            || next.is_none_or(|next| next.saturating_sub(now) > NEARLY))
}
