//! Numbers, times and names for people.

use std::time::Duration;

/// Bytes in decimal units: "0 B", "999 kB", "3.1 MB", "218 MB", "18.4 GB".
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    // Rounded before the unit is chosen, so that 999,960 B are 1.0 MB and never 1000 kB.
    let mut unit = 0;
    let mut scale = 1000_u128;
    while unit + 1 < UNITS.len() && rounded(bytes, scale) >= 1000 {
        scale *= 1000;
        unit += 1;
    }
    let tenths = (u128::from(bytes) * 10 + scale / 2) / scale;
    if tenths < 1000 && unit > 0 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", rounded(bytes, scale), UNITS[unit])
    }
}

fn rounded(bytes: u64, scale: u128) -> u128 {
    (u128::from(bytes) + scale / 2) / scale
}

/// Time left, rounded as honestly as it is known: "under a minute", "about 6 min", "about 2 h 10 min", "about
/// 3 days".
pub(crate) fn left(seconds: u64) -> String {
    match seconds {
        0..60 => "under a minute".to_owned(),
        60..3_600 => format!("about {} min", seconds.div_ceil(60)),
        3_600..86_400 => {
            let tens = seconds.div_ceil(600) * 10;
            match (tens / 60, tens % 60) {
                (hours, 0) => format!("about {hours} h"),
                (hours, minutes) => format!("about {hours} h {minutes} min"),
            }
        }
        _ => format!("about {} days", seconds.div_ceil(86_400).max(2)),
    }
}

/// Time taken: "0.4 s", "12 s", "3 min 20 s", "2 h 5 min".
pub(crate) fn took(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// Whole percent, 100 only when complete; an empty file is complete.
pub(crate) fn percent(part: u64, whole: u64) -> u64 {
    if whole == 0 {
        return 100;
    }
    // At most 100, so it fits.
    u64::try_from(u128::from(part.min(whole)) * 100 / u128::from(whole)).unwrap_or(100)
}

/// A name on one line, without characters that would move the cursor, change a terminal's colours or reverse
/// the words around it.
pub(crate) fn printable(name: &str) -> String {
    partway_app::visible(name).into_owned()
}

/// The same for text of several lines.
pub(crate) fn printable_lines(text: &str) -> String {
    text.split('\n')
        .map(|line| line.split('\t').map(printable).collect::<Vec<_>>().join("\t"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// JSON with such characters escaped: the same to a program, and harmless to a terminal.
pub(crate) fn printable_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        if partway_app::acts(letter) {
            out.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            out.push(letter);
        }
    }
    out
}

/// A name of at most `width` characters, cut in the middle: keeps the start, the last 14 characters before
/// the extension, and the extension.
pub(crate) fn short_name(name: &str, width: usize) -> String {
    let name = printable(name);
    let count = name.chars().count();
    if count <= width {
        return name;
    }
    let kind = name.rsplit_once('.').map_or(0, |(_, kind)| kind.chars().count() + 1);
    let tail = if kind <= 6 { 14 + kind } else { 14 };
    let tail = tail.min(width.saturating_sub(1) * 2 / 3);
    let head = width.saturating_sub(tail + 1);
    let start: String = name.chars().take(head).collect();
    let end: String = name.chars().skip(count - tail).collect();
    format!("{start}…{end}")
}

/// "1 file", "3 files".
pub(crate) fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal_and_never_1000_of_a_unit() {
        let shown = [
            0,
            999,
            1_000,
            999_499,
            999_500,
            3_140_000,
            99_960_000,
            218_400_000,
            999_999_999,
            18_400_000_000,
            u64::MAX,
        ];
        assert_eq!(
            shown.map(size),
            [
                "0 B", "999 B", "1 kB", "999 kB", "1.0 MB", "3.1 MB", "100 MB", "218 MB", "1.0 GB",
                "18.4 GB", "18.4 EB"
            ]
        );
    }

    #[test]
    fn time_left_is_rounded_up() {
        let shown = [0, 59, 60, 61, 359, 3_599, 3_600, 7_700, 86_399, 86_400, 200_000];
        assert_eq!(
            shown.map(left),
            [
                "under a minute",
                "under a minute",
                "about 1 min",
                "about 2 min",
                "about 6 min",
                "about 60 min",
                "about 1 h",
                "about 2 h 10 min",
                "about 24 h",
                "about 2 days",
                "about 3 days"
            ]
        );
    }

    #[test]
    fn time_taken() {
        let shown = [400, 12_000, 200_000, 7_500_000].map(Duration::from_millis);
        assert_eq!(shown.map(took), ["0.4 s", "12 s", "3 min 20 s", "2 h 5 min"]);
    }

    #[test]
    fn percent_is_100_only_when_all_is_there() {
        assert_eq!(percent(999_999, 1_000_000), 99);
        assert_eq!(percent(1_000_000, 1_000_000), 100);
        assert_eq!(percent(0, 0), 100);
        assert_eq!(percent(u64::MAX, u64::MAX), 100);
    }

    #[test]
    fn long_names_keep_start_end_and_type() {
        assert_eq!(short_name("short.mov", 28), "short.mov");
        assert_eq!(
            short_name("A001_C003_0917_very_long_take_final_v7.mov", 28),
            "A001_C003…_take_final_v7.mov"
        );
        assert_eq!(short_name("äöü".repeat(20).as_str(), 10).chars().count(), 10);
    }

    #[test]
    fn names_cannot_drive_the_terminal() {
        assert_eq!(printable("a\u{1b}[31m\nb\u{202e}c\u{2028}d"), "a\u{fffd}[31m\u{fffd}b\u{fffd}c\u{fffd}d");
        assert_eq!(printable_lines("a\tb\n\u{9b}1m\rc"), "a\tb\n\u{fffd}1m\u{fffd}c");
    }

    #[test]
    fn json_says_the_same_and_cannot_drive_the_terminal() {
        let name = "a\u{1b}\u{9b}\u{202e}\u{2028}\n\\\u{feff}ä";
        let json = printable_json(&serde_json::to_string(name).unwrap());
        assert!(!json.chars().any(partway_app::acts), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), name);
    }
}
