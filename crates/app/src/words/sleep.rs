//! Words about sleep.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use partway_core::Slept;

/// Shown in the settings only: uploads continue without it.
pub(crate) const CANNOT_KEEP_AWAKE: &str =
    "This system does not let Partway keep the computer awake; uploads go on after it slept";

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// A line such as "Asleep 23:10 to 07:42, going on at 18 %."
pub(crate) fn asleep(slept: &Slept, confirmed: u64, size: u64) -> String {
    asleep_in(&TimeZone::system(), slept, confirmed, size)
}

fn asleep_in(zone: &TimeZone, slept: &Slept, confirmed: u64, size: u64) -> String {
    // A sleep shorter than a day needs only times; a longer one needs weekdays.
    let form = if slept.until_ms - slept.from_ms < DAY { "%H:%M" } else { "%a %H:%M" };
    let at = |ms| {
        let at = Timestamp::from_millisecond(ms).unwrap_or_default();
        at.to_zoned(zone.clone()).strftime(form).to_string()
    };
    let percent = u128::from(confirmed) * 100 / u128::from(size.max(1));
    format!("Asleep {} to {}, going on at {percent} %.", at(slept.from_ms), at(slept.until_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_says_how_long_and_where_it_goes_on() {
        let words = |from: &str, until: &str| {
            let ms = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
            let slept = Slept { from_ms: ms(from), until_ms: ms(until) };
            asleep_in(&TimeZone::UTC, &slept, 18_999, 100_000)
        };
        insta::assert_snapshot!(words("2026-11-20T23:10:00Z", "2026-11-21T07:42:00Z"), @"Asleep 23:10 to 07:42, going on at 18 %.");
        insta::assert_snapshot!(words("2026-11-20T23:10:00Z", "2026-11-23T07:42:00Z"), @"Asleep Fri 23:10 to Mon 07:42, going on at 18 %.");
    }
}
