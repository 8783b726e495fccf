//! How many parts go at once, on lines that are modelled: what they carry in all, and what one connection carries at most.

use std::time::Duration;

use partway_core::{Concurrency, Sample};
use proptest::prelude::*;

const MIB: u64 = 1 << 20;
const STEP: Duration = Duration::from_millis(500);

/// A line by the bytes a second that it carries, and that one connection carries.
#[derive(Debug, Clone, Copy)]
struct Line {
    whole: f64,
    connection: f64,
    /// It carries for so many seconds, and then breaks all connections and carries nothing for so many.
    flaps: Option<(u64, u64)>,
}

/// What came of a file.
#[derive(Debug)]
struct Course {
    took: Duration,
    /// The longest time without a confirmed part, the first one included.
    longest_wait: Duration,
    sent: f64,
    most_at_once: usize,
    at_the_end: usize,
}

struct Flying {
    left: f64,
    sent: f64,
    since: Duration,
}

impl Line {
    fn shared(whole: f64) -> Self {
        Self { whole, connection: f64::INFINITY, flaps: None }
    }

    fn is_up(&self, at: Duration) -> bool {
        self.flaps.is_none_or(|(on, off)| at.as_secs() % (on + off) < on)
    }

    /// Sends a file the way the engine does: the youngest parts over the limit are let go of while little of them was sent.
    fn send(self, parts: u64, part: u64) -> Course {
        let mut concurrency = Concurrency::new(2, 16);
        let (mut at, mut acknowledged, mut confirmed) = (Duration::ZERO, 0.0, 0);
        let (mut last, mut longest_wait, mut most_at_once) = (at, at, 0);
        let mut flying: Vec<Flying> = Vec::new();
        while confirmed < parts {
            if self.is_up(at) {
                fill(&mut flying, concurrency.limit(), parts - confirmed, part, at);
            } else if !flying.is_empty() {
                flying.clear();
                concurrency.broke(at);
            }
            most_at_once = most_at_once.max(flying.len());
            at += STEP;
            let each = (self.whole / flying.len().max(1) as f64).min(self.connection) * STEP.as_secs_f64();
            for one in &mut flying {
                let now = one.left.min(each);
                (one.left, one.sent, acknowledged) = (one.left - now, one.sent + now, acknowledged + now);
            }
            flying.retain(|one| {
                let through = one.left <= 0.0;
                if through {
                    concurrency.confirmed(at, part, at - one.since);
                    (longest_wait, last, confirmed) = (longest_wait.max(at - last), at, confirmed + 1);
                }
                !through
            });
            fill(&mut flying, concurrency.limit(), parts - confirmed, part, at);
            let in_flight = flying.len();
            let furthest = flying.iter().map(|one| one.sent as u64).max().unwrap_or(0);
            let acknowledged = acknowledged as u64;
            concurrency.sample(Sample { at, in_flight, acknowledged, part, furthest });
            while flying.len() > concurrency.limit()
                && flying.last().is_some_and(|one| one.sent < part as f64 / 8.0)
            {
                flying.pop();
            }
            assert!(at < Duration::from_secs(40_000), "{self:?} never got {parts} parts of {part} through");
        }
        let sent = acknowledged / (parts * part) as f64;
        Course { took: at, longest_wait, sent, most_at_once, at_the_end: concurrency.limit() }
    }
}

/// Begins parts until as many go as may, or none is left.
fn fill(flying: &mut Vec<Flying>, limit: usize, missing: u64, part: u64, at: Duration) {
    while flying.len() < limit && (flying.len() as u64) < missing {
        flying.push(Flying { left: part as f64, sent: 0.0, since: at });
    }
}

#[test]
fn on_a_slow_line_a_part_is_confirmed_every_two_minutes_and_little_is_sent_twice() {
    for kilobits in [400.0, 800.0, 1_600.0, 3_200.0, 16_000.0] {
        let line = Line::shared(kilobits * 125.0);
        let course = line.send(60, 5 * MIB);
        assert!(course.longest_wait <= Duration::from_secs(125), "{kilobits} kbit/s: {course:?}");
        assert!(course.sent < 1.05, "{kilobits} kbit/s: {course:?}");
        assert!(course.most_at_once <= 4, "{kilobits} kbit/s: {course:?}");
    }
}

#[test]
fn where_even_one_part_takes_longer_it_goes_alone() {
    let course = Line::shared(31_250.0).send(3, 16 * MIB);
    assert_eq!(course.at_the_end, 1, "{course:?}");
    assert!(course.longest_wait < Duration::from_secs(16 * MIB / 31_250 + 30), "{course:?}");
}

#[test]
fn a_far_line_that_carries_more_with_more_connections_gets_them_within_half_a_minute() {
    let far = Line { whole: 25e6, connection: 0.875e6, flaps: None };
    for part in [5 * MIB, 16 * MIB, 100 * MIB] {
        let parts = (2 << 30) / part;
        let course = far.send(parts, part);
        assert_eq!(course.most_at_once, 16, "{course:?}");
        let at_best = Duration::from_secs_f64((parts.div_ceil(16) * part) as f64 / far.connection);
        assert!(course.took < at_best + Duration::from_secs(40), "{course:?}, {at_best:?} at best");
    }
}

#[test]
fn a_host_that_gives_each_connection_little_gets_many() {
    let course = Line { whole: 100e6, connection: 50_000.0, flaps: None }.send(160, 16 * MIB);
    assert_eq!(course.most_at_once, 16, "{course:?}");
}

#[test]
fn on_a_fast_line_all_are_used_at_once() {
    let course = Line::shared(100e6).send(200, 8 * MIB);
    assert_eq!(course.at_the_end, 16, "{course:?}");
    assert!(course.took < Duration::from_secs(40), "{course:?}");
}

#[test]
fn between_two_breaks_whole_parts_get_through() {
    for (line, part) in [
        (Line { flaps: Some((20, 3)), ..Line::shared(500e3) }, 5 * MIB),
        (Line { flaps: Some((10, 10)), ..Line::shared(2e6) }, 5 * MIB),
        (Line { flaps: Some((10, 10)), ..Line::shared(2e6) }, 16 * MIB),
    ] {
        let course = line.send(16, part);
        assert!(course.sent < 2.0, "{line:?}: {course:?}");
    }
}

#[test]
fn one_break_of_a_good_line_is_forgotten_after_some_parts() {
    let mut concurrency = Concurrency::new(2, 16);
    let at = Duration::from_secs(100);
    (0..20).for_each(|_| concurrency.confirmed(at, MIB, STEP));
    assert_eq!(concurrency.limit(), 16);
    (0..16).for_each(|_| concurrency.broke(at));
    assert_eq!(concurrency.limit(), 8, "all that break together are one break");
    (0..30).for_each(|_| concurrency.confirmed(at, MIB, STEP));
    assert_eq!(concurrency.limit(), 16);
}

#[test]
fn a_second_break_without_a_confirmed_part_leaves_one() {
    let mut concurrency = Concurrency::new(2, 16);
    (0..20).for_each(|_| concurrency.confirmed(Duration::ZERO, MIB, STEP));
    concurrency.broke(Duration::from_secs(20));
    concurrency.broke(Duration::from_secs(43));
    assert_eq!(concurrency.limit(), 1);
}

/// A queue on the way takes the first bytes at once, so the line looks fast until it is full.
#[test]
fn a_line_that_only_looked_fast_at_first_has_one_part_within_fifteen_seconds() {
    let mut concurrency = Concurrency::new(2, 16);
    for half_second in 0..30_u64 {
        let at = STEP * u32::try_from(half_second).unwrap();
        let acknowledged =
            if half_second < 6 { half_second * 200_000 } else { 1_000_000 + half_second * 25_000 };
        let (in_flight, part, furthest) = (concurrency.limit(), 5 * MIB, acknowledged / 2);
        concurrency.sample(Sample { at, in_flight, acknowledged, part, furthest });
    }
    assert_eq!(concurrency.limit(), 1);
}

proptest! {
    /// Whatever comes, in whatever order: at least one part may go, and never more than the most.
    #[test]
    fn the_limit_stays_within_its_bounds(
        first in 0_usize..40,
        most in 0_usize..40,
        happened in prop::collection::vec((0_u8..4, any::<u32>(), any::<u64>(), 0_usize..40), 0..200),
    ) {
        let mut concurrency = Concurrency::new(first, most);
        for (what, at, bytes, in_flight) in happened {
            let at = Duration::from_millis(u64::from(at));
            match what {
                0 => concurrency.confirmed(at, bytes, Duration::from_millis(bytes % 9_999)),
                1 => concurrency.broke(at),
                2 => concurrency.set_most(in_flight.min(most)),
                _ => concurrency.sample(Sample { at, in_flight, acknowledged: bytes, part: bytes, furthest: bytes }),
            }
            prop_assert!((1..=most.max(1)).contains(&concurrency.limit()));
        }
    }
}
