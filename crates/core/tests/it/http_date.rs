//! Headers that carry times: both forms of `Retry-After`, and dates of any year.

use std::time::Duration;

use partway_core::{http_date, retry_after};
use proptest::prelude::*;

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the example of RFC 9110.
const EXAMPLE: u64 = 784_111_777;

#[test]
fn dates_that_are_known() {
    for (date, unix) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
        ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
        ("Tue, 19 Jan 2038 03:14:08 GMT", 1 << 31),
        ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        (" Sun, 06 Nov 1994 08:49:37 GMT ", EXAMPLE),
        // Two obsolete forms that a recipient must still parse (RFC 9110, 5.6.7).
        ("Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE),
        ("Sun Nov  6 08:49:37 1994", EXAMPLE),
    ] {
        assert_eq!(http_date(date), Some(unix), "{date}");
    }
}

#[test]
fn what_is_no_date_is_not_guessed() {
    for text in [
        "",
        "GMT",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 GMT x",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 31 Apr 1994 08:49:37 GMT",
        "Sun, 29 Feb 1900 08:49:37 GMT",
        "Mon, 29 Feb 2100 00:00:00 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1969 08:49:37 GMT",
        "Sun, 06 Nov +994 08:49:37 GMT",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 CET",
        "Sun Nov 06 08:49:37",
    ] {
        assert_eq!(http_date(text), None, "{text}");
    }
}

#[test]
fn retry_after_in_both_forms() {
    let wait = |value| retry_after(value, EXAMPLE - 20);
    assert_eq!(wait("120"), Some(Duration::from_secs(120)));
    assert_eq!(wait(" 0 "), Some(Duration::ZERO));
    assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(20)));
    assert_eq!(wait("Sat, 06 Nov 1993 08:49:37 GMT"), Some(Duration::ZERO), "a moment that has passed");
}

#[test]
fn nobody_is_waited_for_longer_than_an_hour() {
    let hour = Some(Duration::from_secs(3_600));
    assert_eq!(retry_after("3601", 0), hour);
    assert_eq!(retry_after("99999999999999999999999999", 0), hour);
    assert_eq!(retry_after("Fri, 31 Dec 9999 23:59:59 GMT", 0), hour);
}

#[test]
fn what_is_neither_seconds_nor_a_date_is_nothing() {
    for value in ["", "-1", "1.5", "soon", "0x10", "٣"] {
        assert_eq!(retry_after(value, 0), None, "{value}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in any::<String>(), now in any::<u64>()) {
        let _ = http_date(&text);
        prop_assert!(retry_after(&text, now).is_none_or(|wait| wait <= Duration::from_secs(3_600)));
    }

    /// Days follow each other without a gap over all month ends and leap years.
    #[test]
    fn the_day_after_is_a_day_later(year in 1970..9_999_u64, month in 1..=12_usize, day in 1..=31_u64) {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        // Only one weekday is right for a date.
        let date = |year: u64, month: usize, day: u64| {
            ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].iter().find_map(|weekday| {
                http_date(&format!("{weekday}, {day:02} {} {year:04} 00:00:00 GMT", MONTHS[month - 1]))
            })
        };
        if let Some(today) = date(year, month, day) {
            let tomorrow = date(year, month, day + 1)
                .or_else(|| date(year, month % 12 + 1, 1).filter(|_| month < 12))
                .or_else(|| date(year + 1, 1, 1));
            prop_assert_eq!(tomorrow, Some(today + 86_400));
        }
    }
}
