//! Dates and waiting times as HTTP headers carry them.

use std::time::Duration;

/// No service is waited for longer than an hour at once: a wrong figure must not put a job to sleep for a year.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

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

/// The seconds since the Unix epoch that an HTTP date names: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7, IMF-fixdate).
///
/// The two obsolete forms are not read: storages and vendors' gateways have not sent them in this century, and whoever
/// gets `None` here falls back to waiting by itself.
#[must_use]
pub fn http_date(value: &str) -> Option<u64> {
    let rest = value.trim().split_once(", ")?.1;
    let mut words = rest.split(' ');
    let day = number(words.next()?, 2)?;
    let month = words.next()?;
    let month = MONTHS.iter().zip(1..).find(|(name, _)| **name == month)?.1;
    let year = number(words.next()?, 4)?;
    let mut clock = words.next()?.splitn(3, ':').map(|field| number(field, 2));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let in_range = year >= 1970
        && (1..=days_in(month, year)).contains(&day)
        && hour <= 23
        && minute <= 59
        && second <= 60; // 60 is a leap second
    if !in_range || words.next() != Some("GMT") || words.next().is_some() {
        return None;
    }
    let leap_days = |year: u64| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969);
    let months: u64 = (1..month).map(|month| days_in(month, year)).sum();
    Some((years + months + day - 1) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// A field of exactly so many digits.
fn number(field: &str, digits: usize) -> Option<u64> {
    (field.len() == digits && field.bytes().all(|byte| byte.is_ascii_digit())).then(|| field.parse().ok())?
}

const fn days_in(month: u64, year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}
