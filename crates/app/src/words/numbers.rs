//! Sizes, times and counts for users: decimal units, rounded honestly.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A size in three digits and decimal units, such as "73.4 MB".
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if count < 1000 {
        return format!("{count} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = count as f64;
    let mut unit = "B";
    for next in UNITS {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if value < 9.995 {
        format!("{value:.2} {unit}")
    } else if value < 99.95 {
        format!("{value:.1} {unit}")
    } else {
        format!("{value:.0} {unit}")
    }
}

/// A duration: "under a minute", "about 6 min", "about 27 h".
pub(crate) fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => "under a minute".into(),
        60..5400 => format!("about {} min", (seconds + 30) / 60),
        5400..172_800 => format!("about {} h", (seconds + 1800) / 3600),
        _ => format!("about {} days", (seconds + 43_200) / 86_400),
    }
}

/// A time in this computer's time zone: "15:00" for today, "Mon 15:00" for another day.
pub(crate) fn clock(unix_ms: i64, now_ms: i64) -> String {
    let zone = TimeZone::system();
    let zoned = |ms: i64| Timestamp::from_millisecond(ms).ok().map(|at| at.to_zoned(zone.clone()));
    match (zoned(unix_ms), zoned(now_ms)) {
        (Some(at), Some(now)) if at.date() == now.date() => at.strftime("%H:%M").to_string(),
        (Some(at), _) => at.strftime("%a %H:%M").to_string(),
        _ => String::new(),
    }
}

/// A count with its noun: "1 file", "3 files".
pub(crate) fn count(number: u32, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits_and_decimal_units() {
        let sizes = [0, 999, 1000, 999_499, 999_500, 73_400_000, 96_200_000_000, u64::MAX];
        assert_eq!(
            sizes.map(bytes),
            ["0 B", "999 B", "1.00 kB", "999 kB", "1.00 MB", "73.4 MB", "96.2 GB", "18.4 EB"]
        );
    }

    #[test]
    fn time_left_is_rounded_honestly() {
        assert_eq!(
            [0, 59, 60, 89, 360, 5400, 97_200, 400_000].map(duration),
            [
                "under a minute",
                "under a minute",
                "about 1 min",
                "about 1 min",
                "about 6 min",
                "about 2 h",
                "about 27 h",
                "about 5 days"
            ]
        );
    }
}
