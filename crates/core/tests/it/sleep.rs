//! Detecting sleep from the clocks.

use std::time::Duration;

use partway_core::{Clocks, Slept, slept};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;

fn at(unix_ms: i64, steady_s: u64, since_boot_s: Option<u64>) -> Clocks {
    Clocks {
        unix_ms,
        steady: Duration::from_secs(steady_s),
        since_boot: since_boot_s.map(Duration::from_secs),
    }
}

#[test]
fn a_night_is_told_where_the_steady_clock_stood_still() {
    let before = at(23 * HOUR, 100, Some(1000));
    let now = at(31 * HOUR, 105, Some(1000 + 8 * 3600));
    assert_eq!(slept(&before, &now), Some(Slept { from_ms: 23 * HOUR, until_ms: 31 * HOUR }));
    // And if the system reports only the time of day.
    let (before, now) = (Clocks { since_boot: None, ..before }, Clocks { since_boot: None, ..now });
    assert_eq!(slept(&before, &now), Some(Slept { from_ms: 23 * HOUR, until_ms: 31 * HOUR }));
}

#[test]
fn a_clock_that_was_set_is_no_sleep_where_the_system_tells() {
    for set in [HOUR, -HOUR] {
        assert_eq!(slept(&at(5 * HOUR, 100, Some(100)), &at(5 * HOUR + set, 105, Some(105))), None);
    }
    // A clock set back during the night does not end the night before it began.
    let night = slept(&at(23 * HOUR, 100, Some(100)), &at(22 * HOUR, 105, Some(100 + 8 * 3600)));
    assert_eq!(night, Some(Slept { from_ms: 14 * HOUR, until_ms: 22 * HOUR }));
}

#[test]
fn a_night_is_told_where_the_steady_clock_went_on_and_the_time_of_day_was_set_back() {
    let night = slept(&at(8 * HOUR, 0, None), &at(7 * HOUR, 8 * 3600, None));
    assert_eq!(night, Some(Slept { from_ms: -HOUR, until_ms: 7 * HOUR }));
}

#[test]
fn a_process_that_was_stopped_for_a_minute_is_told_and_a_busy_machine_is_not() {
    let before = at(0, 0, Some(0));
    assert_eq!(slept(&before, &at(59_000, 59, Some(59))), None);
    assert_eq!(slept(&before, &at(60_000, 60, Some(60))), Some(Slept { from_ms: 0, until_ms: 60_000 }));
}

proptest! {
    #[test]
    fn looks_that_are_close_by_every_clock_are_never_a_sleep(
        unix in any::<i32>(), steady in 0u64..1 << 40, boot in proptest::option::of(0u64..1 << 40), gap in 0u64..60
    ) {
        let before = at(i64::from(unix), steady, boot);
        let now = at(i64::from(unix) + gap as i64 * 1000, steady + gap, boot.map(|boot| boot + gap));
        prop_assert_eq!(slept(&before, &now), None);
    }

    #[test]
    fn a_sleep_ends_now_and_begins_before(
        clocks in any::<[(i64, u32, Option<u32>); 2]>()
    ) {
        let [before, now] = clocks.map(|(unix, steady, boot)| at(unix, steady.into(), boot.map(Into::into)));
        if let Some(slept) = slept(&before, &now) {
            prop_assert_eq!(slept.until_ms, now.unix_ms);
            prop_assert!(slept.from_ms <= slept.until_ms);
        }
    }
}
