//! The server's clock, injected so that tests can move it.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};

/// The server's notion of the current time.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Clock {
    /// The machine's own clock.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in")]
    pub fn system() -> Self {
        Self::of(|| Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// A clock that a test moves.
    pub fn of(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now) }
    }

    /// The same clock, ahead by `seconds` (negative: behind) while `when` returns true.
    pub(crate) fn wrong_by(self, seconds: i64, when: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self::of(move || {
            let (now, ahead) = (self.now(), SignedDuration::from_secs(seconds));
            if when() { now.checked_add(ahead).unwrap_or(now) } else { now }
        })
    }

    /// The server's current time, right or wrong.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// The time `seconds` after `at`.
pub(crate) fn later(at: Timestamp, seconds: u64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds.cast_signed())).unwrap_or(at)
}

/// `20261121T032935Z`, the form in presigned URLs.
pub(crate) fn amz_date(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// `2026-11-21T03:29:35Z`, the form in the storage's error bodies.
pub(crate) fn iso_seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `Sat, 21 Nov 2026 03:29:35 GMT`, the form of HTTP headers (RFC 9110, 5.6.7).
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
