//! Dates and waiting times in HTTP headers.

use std::time::{Duration, UNIX_EPOCH};

/// Longest wait for a service, one hour: a wrong figure must not put a job to sleep for a year.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// How long `Retry-After` asks to wait: seconds or a date (RFC 9110, 10.2.3), capped at one hour; `None` if
/// it is neither.
///
/// `now_unix` is the current time in Unix seconds, preferably from the server's own `Date`.
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

/// Parses an HTTP date in any of its three forms (RFC 9110, 5.6.7) into Unix seconds.
#[must_use]
pub fn http_date(value: &str) -> Option<u64> {
    let time = httpdate::parse_http_date(value.trim()).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}
