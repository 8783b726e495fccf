//! Waits grow, are spread, never 0, and never shorter than the service asked for.

use std::time::Duration;

use partway_core::Backoff;
use proptest::prelude::*;

#[test]
fn the_span_doubles_up_to_the_cap() {
    let longest: Vec<_> = (1..=9).map(|attempt| Backoff::DEFAULT.delay(attempt, 1.0).as_millis()).collect();
    assert_eq!(longest, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
}

#[test]
fn the_whole_span_is_drawn_from() {
    assert_eq!(Backoff::DEFAULT.delay(5, 0.5), Duration::from_secs(4));
    assert_eq!(Backoff::DEFAULT.delay(5, 0.0), Duration::from_millis(50), "but never nothing at all");
}

#[test]
fn parts_that_were_told_the_same_time_do_not_come_back_together() {
    let asked = Some(Duration::from_secs(5));
    let early = Backoff::DEFAULT.delay_after(1, 0.1, asked);
    let late = Backoff::DEFAULT.delay_after(1, 0.9, asked);
    assert!(early >= Duration::from_secs(5) && early < late && late <= Duration::from_millis(5_500));
}

#[test]
fn a_long_back_off_is_not_shortened_by_a_short_request() {
    let asked = Some(Duration::from_secs(1));
    assert_eq!(Backoff::DEFAULT.delay_after(8, 1.0, asked), Duration::from_secs(60));
}

proptest! {
    #[test]
    fn any_figures_give_a_wait(
        first in any::<Duration>(),
        cap in any::<Duration>(),
        attempt in any::<u32>(),
        random in any::<f64>(),
        asked in any::<Option<Duration>>(),
    ) {
        for backoff in [Backoff { first, cap }, Backoff::DEFAULT] {
            let delay = backoff.delay(attempt, random);
            prop_assert!(delay > Duration::ZERO);
            prop_assert!(delay <= backoff.cap.max(backoff.first / 10).max(Duration::from_millis(1)));
            let after = backoff.delay_after(attempt, random, asked);
            prop_assert!(after >= delay && after >= asked.unwrap_or_default());
        }
    }
}
