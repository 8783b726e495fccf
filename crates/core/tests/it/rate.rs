//! The rate slides: no jumps, down to 0 when nothing arrives, and a clock that is set back does no harm.

use std::time::Duration;

use partway_core::{RateMeter, time_left};
use proptest::prelude::*;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A meter that recorded `bytes` every `every` milliseconds, from `from` up to `to`.
fn steady(from: u64, to: u64, every: u64, bytes: u64) -> RateMeter {
    let mut meter = RateMeter::new();
    (from..to).step_by(every as usize).for_each(|at| meter.record(ms(at), bytes));
    meter
}

#[track_caller]
fn near(rate: f64, expected: f64, share: f64) {
    assert!((rate - expected).abs() <= expected * share, "{rate} is not near {expected}");
}

#[test]
fn nothing_is_nothing() {
    assert!(RateMeter::new().bytes_per_second(ms(5_000)) == 0.0);
}

#[test]
fn a_steady_stream_shows_its_rate_soon_and_stays_there() {
    // 1 MB/s in steps of 100 ms.
    let mut meter = RateMeter::new();
    for at in (3_000..60_000).step_by(100) {
        meter.record(ms(at), 100_000);
        if at >= 4_000 {
            near(meter.bytes_per_second(ms(at)), 1e6, 0.11);
        }
        if at >= 15_000 {
            near(meter.bytes_per_second(ms(at)), 1e6, 0.02);
        }
    }
}

#[test]
fn the_first_block_is_no_gigabyte_a_second() {
    let mut meter = RateMeter::new();
    meter.record(ms(7_000), 1_000_000);
    near(meter.bytes_per_second(ms(7_000)), 1e6, 0.0);
}

#[test]
fn the_figure_never_jumps() {
    // Big blocks with gaps between them, as produced by parts that end together.
    let mut meter = RateMeter::new();
    let mut last = None;
    for at in (0..60_000_u64).step_by(10) {
        if at % 400 == 0 {
            meter.record(ms(at), 4_000_000);
        }
        let rate = meter.bytes_per_second(ms(at));
        if at > 12_000 {
            let before: f64 = last.unwrap_or(rate);
            assert!((rate - before).abs() <= before * 0.05, "at {at} ms from {before} to {rate}");
        }
        last = Some(rate);
    }
}

#[test]
fn it_slides_to_zero_when_nothing_comes() {
    let meter = steady(0, 20_000, 100, 100_000);
    let rates: Vec<f64> = (0..=22).map(|half| meter.bytes_per_second(ms(20_000 + half * 500))).collect();
    assert!(rates.is_sorted_by(|earlier, later| earlier >= later), "{rates:?}");
    near(rates[10], 5e5, 0.05);
    assert!(rates[20] < 5_000.0, "ten seconds later: {rates:?}");
    assert!(rates[22] == 0.0 && meter.bytes_per_second(ms(3_600_000)) == 0.0);
}

#[test]
fn after_a_long_rest_it_begins_anew_instead_of_creeping_up() {
    let mut meter = steady(0, 20_000, 100, 100_000);
    (80_000..82_000).step_by(100).for_each(|at| meter.record(ms(at), 100_000));
    near(meter.bytes_per_second(ms(82_000)), 1e6, 0.02);
}

#[test]
fn a_clock_that_is_set_back_does_no_harm() {
    let mut meter = steady(1_000_000, 1_020_000, 100, 100_000);
    assert!(meter.bytes_per_second(ms(10_000)) == 0.0, "before the next bytes come");
    (10_000..30_000).step_by(100).for_each(|at| meter.record(ms(at), 50_000));
    near(meter.bytes_per_second(ms(30_000)), 5e5, 0.02);
    // A little back, within the window: those bytes still count.
    meter.record(ms(28_000), 5_000_000);
    near(meter.bytes_per_second(ms(30_000)), 1e6, 0.02);
}

#[test]
fn time_left_is_a_forecast_or_nothing() {
    assert_eq!(time_left(10_000_000, 1e6), Some(Duration::from_secs(10)));
    assert_eq!(time_left(0, 0.0), Some(Duration::ZERO));
    for rate in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY, 1e-300] {
        assert_eq!(time_left(1, rate), None, "{rate}");
    }
    assert_eq!(time_left(u64::MAX, 1e6), None, "half a million years are not shown");
}

proptest! {
    #[test]
    fn no_clock_breaks_it(steps in prop::collection::vec((any::<Duration>(), any::<u64>()), 0..40), at in any::<Duration>()) {
        let mut meter = RateMeter::new();
        for (when, bytes) in steps {
            meter.record(when, bytes);
            let rate = meter.bytes_per_second(when);
            prop_assert!(rate.is_finite() && rate >= 0.0);
        }
        let rate = meter.bytes_per_second(at);
        prop_assert!(rate.is_finite() && rate >= 0.0);
        let _ = time_left(u64::MAX, rate);
    }

    /// The meter's ten-second figure matches what arrived, to within the bucket that slides out.
    #[test]
    fn it_counts_what_came(blocks in prop::collection::vec((1..400_u64, 1..1_000_000_u64), 60..200)) {
        let mut meter = RateMeter::new();
        let mut taken = Vec::new();
        let mut now = 0;
        for (gap, bytes) in blocks {
            now += gap;
            meter.record(ms(now), bytes);
            taken.push((now, bytes));
        }
        let since = |age: u64| -> f64 {
            taken.iter().filter(|(at, _)| at + age > now).map(|(_, bytes)| *bytes as f64).sum()
        };
        if now - taken[0].0 > 11_000 {
            let seen = meter.bytes_per_second(ms(now)) * 10.0;
            prop_assert!(seen >= since(9_500) * 0.999 && seen <= since(10_500) * 1.001, "{} of {}..{}", seen, since(9_500), since(10_500));
        }
    }
}
