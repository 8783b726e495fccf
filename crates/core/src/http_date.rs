//! Dates and waiting times as HTTP headers carry them.

use std::time::{Duration, UNIX_EPOCH};

/// No service is waited for longer than an hour at once: a wrong figure must not put a job to sleep for a year.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// How long `Retry-After` asks to wait: seconds or a date (RFC 9110, 10.2.3), at most one hour; `None` where it is neither.
///
/// `now_unix` is the present in seconds since the Unix epoch, best by the server's own `Date`.
#[must_use]
pub fn retry_after(value: &str, now_unix: u64) -> Option<Duration> {
    let value = value.trim();
    let seconds = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        value.parse().unwrap_or(u64::MAX)
    } else {
        http_date(value)?.saturating_sub(now_unix)
    };
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// The seconds since the Unix epoch that an HTTP date names, in any of its three forms (RFC 9110, 5.6.7).
#[must_use]
pub fn http_date(value: &str) -> Option<u64> {
    let time = httpdate::parse_http_date(value.trim()).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}
