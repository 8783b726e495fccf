//! How many parts go at once on simulated lines, given their total rate and the rate per connection.

use std::time::Duration;

use partway_core::{Concurrency, Confirmed, Line as Rule, Sample};
use proptest::prelude::*;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const STEP: Duration = Duration::from_millis(500);

/// A line, by its bytes per second in total and per connection.
#[derive(Debug, Clone, Copy)]
struct Line {
    whole: f64,
    connection: f64,
    /// Alternates between (up, down) seconds; going down breaks all connections.
    flaps: Option<(u64, u64)>,
    /// A box in between acknowledges so many bytes of each connection before they are through.
    ahead: u64,
    /// Bytes that wait in the line: those of a connection that was let go of still go over it.
    queue: f64,
}

/// The result of sending one file.
#[derive(Debug)]
struct Course {
    took: Duration,
    /// The longest time without a confirmed part, including the first one.
    longest_wait: Duration,
    sent: f64,
    most_at_once: usize,
    at_the_end: usize,
}

struct Flying {
    id: u64,
    through: f64,
}

/// A file on its way over a line.
struct Sending {
    line: Line,
    part: u64,
    rule: Rule,
    at: Duration,
    flying: Vec<Flying>,
    missing: u64,
    /// Bytes in the queue that nobody waits for any more.
    dead: f64,
    carried: f64,
    last: Duration,
    longest_wait: Duration,
    most_at_once: usize,
}

impl Line {
    fn shared(whole: f64) -> Self {
        Self { whole, connection: f64::INFINITY, flaps: None, ahead: 0, queue: 64e3 }
    }

    fn is_up(&self, at: Duration) -> bool {
        self.flaps.is_none_or(|(on, off)| at.as_secs() % (on + off) < on)
    }

    /// Sends a file the way the engine does.
    fn send(self, parts: u64, part: u64) -> Course {
        self.send_after(&mut (Duration::ZERO, Rule::new(2, 16)), parts, part)
    }

    /// The same with what the rule knows by then.
    fn send_after(self, (at, rule): &mut (Duration, Rule), parts: u64, part: u64) -> Course {
        let mut sending = Sending::new(self, parts, part, (*at, rule.clone()));
        let course = sending.go_through();
        (*at, *rule) = (sending.at, sending.rule);
        course
    }
}

impl Sending {
    fn new(line: Line, parts: u64, part: u64, (at, rule): (Duration, Rule)) -> Self {
        let (last, flying, longest_wait, most_at_once) = (at, Vec::new(), Duration::ZERO, 0);
        let (missing, dead, carried) = (parts, 0.0, 0.0);
        Self { line, part, rule, at, flying, missing, dead, carried, last, longest_wait, most_at_once }
    }

    fn go_through(&mut self) -> Course {
        let (began, whole) = (self.at, self.missing * self.part);
        while self.missing > 0 {
            if self.line.is_up(self.at) {
                self.fill();
            } else if !self.flying.is_empty() {
                self.flying.drain(..).for_each(|one| self.rule.end(one.id));
                self.rule.broke(self.at);
            }
            self.carry();
            let too_long = Duration::from_secs(400_000);
            assert!(self.at < too_long, "{:?} never got parts of {} through", self.line, self.part);
        }
        let Self { at, longest_wait, most_at_once, ref rule, .. } = *self;
        let (took, sent) = (at - began, self.carried / whole as f64);
        Course { took, longest_wait, sent, most_at_once, at_the_end: rule.limit() }
    }

    /// Begins parts until as many go as may, or none is left. The engine asks for all of them before one begins.
    fn fill(&mut self) {
        let more = self.rule.limit().min(self.missing as usize).saturating_sub(self.flying.len());
        for _ in 0..more {
            self.flying.push(Flying { id: self.rule.begin(self.at, self.part), through: 0.0 });
        }
        self.most_at_once = self.most_at_once.max(self.flying.len());
    }

    fn carry(&mut self) {
        self.at += STEP;
        let dead = self.dead.min(self.line.whole * STEP.as_secs_f64() / 2.0);
        self.dead -= dead;
        let left = self.line.whole * STEP.as_secs_f64() - dead;
        let each = (left / self.flying.len().max(1) as f64).min(self.line.connection * STEP.as_secs_f64());
        let part = self.part as f64;
        for one in &mut self.flying {
            let now = each.min(part - one.through);
            (one.through, self.carried) = (one.through + now, self.carried + now);
        }
        let (done, on): (Vec<_>, Vec<_>) = self.flying.drain(..).partition(|one| one.through >= part);
        self.flying = on;
        for one in done {
            self.rule.moved(self.at, one.id, self.part);
            self.rule.confirmed(self.at, one.id);
            self.missing -= 1;
            self.longest_wait = self.longest_wait.max(self.at - self.last);
            self.last = self.at;
        }
        if self.line.is_up(self.at) {
            self.fill();
        }
        let queue = self.line.queue / self.flying.len().max(1) as f64;
        let (rule, ahead) = (&mut self.rule, self.line.ahead);
        let before = self.flying.len();
        self.flying.retain(|one| {
            let make_room = rule.moved(self.at, one.id, (one.through as u64 + ahead).min(self.part));
            if make_room {
                rule.end(one.id);
            }
            !make_room
        });
        self.dead += queue * (before - self.flying.len()) as f64;
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

/// Speeds from the poorest mobile line to a good one, in steps that hit no part size by chance.
fn speeds() -> impl Iterator<Item = f64> {
    (0..=40).map(|step| 20e3 * 200_f64.powf(f64::from(step) / 40.0))
}

/// One try of a second connection delays the first by no more than this.
const TRY: Duration = Duration::from_secs(8);

/// Of parts that would each be through in time alone, one is confirmed every two minutes: from the first on, with all sizes, and whatever a
/// box in between acknowledges.
#[test]
fn where_one_part_alone_is_confirmed_within_two_minutes_so_is_one_of_many() {
    let mut late = Vec::new();
    for speed in speeds() {
        for part in [5 * MIB, 8 * MIB, 16 * MIB, 64 * MIB] {
            // One that takes a whole part ahead cannot be told from a storage that does not answer.
            for ahead in [0, 256 * KIB, 4 * MIB, 8 * MIB].into_iter().filter(|ahead| *ahead < part) {
                let line = Line { ahead, ..Line::shared(speed) };
                let alone = Duration::from_secs_f64(part as f64 / speed);
                let course = line.send(12, part);
                let at_most = (alone + TRY).max(Duration::from_secs(120)) + STEP * 2;
                if course.longest_wait > at_most || course.sent > 1.05 {
                    late.push(format!(
                        "{:.0} kB/s, {} MiB, {ahead} ahead, alone {alone:.0?}: {course:.2?}",
                        speed / 1e3,
                        part / MIB
                    ));
                }
            }
        }
    }
    assert!(late.is_empty(), "{} late:\n{}", late.len(), late.join("\n"));
}

/// What the rule learnt of small files, or of another network, makes no large part late on a slow line.
#[test]
fn whatever_went_to_the_host_before_a_part_is_confirmed_every_two_minutes() {
    let far = Line { connection: 0.875e6, ..Line::shared(25e6) };
    let slow = Line::shared(50e3);
    for (before, parts, part) in [
        (slow, 40, 10 * KIB),
        (slow, 3, MIB),
        (far, 400, 10 * KIB),
        (far, 200, 5 * MIB),
        (Line::shared(100e6), 200, 8 * MIB),
        (Line { flaps: Some((20, 3)), ..Line::shared(500e3) }, 8, 5 * MIB),
    ] {
        let mut known = (Duration::ZERO, Rule::new(2, 16));
        before.send_after(&mut known, parts, part);
        let course = slow.send_after(&mut known, 20, 5 * MIB);
        assert!(course.longest_wait <= Duration::from_secs(121), "{before:?}, {part}: {course:?}");
        assert!(course.sent < 1.05, "{before:?}, {part}: {course:?}");
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
    let far = Line { connection: 0.875e6, ..Line::shared(25e6) };
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
    let course = Line { connection: 50_000.0, ..Line::shared(100e6) }.send(160, 16 * MIB);
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

fn quick(at: Duration) -> Confirmed {
    Confirmed { at, bytes: MIB, took: STEP, answer: Duration::ZERO, at_once: 1 }
}

#[test]
fn one_break_of_a_good_line_is_forgotten_after_some_parts() {
    let mut concurrency = Concurrency::new(2, 16);
    let at = Duration::from_secs(100);
    (0..20).for_each(|_| concurrency.confirmed(quick(at)));
    assert_eq!(concurrency.limit(), 16);
    (0..16).for_each(|_| concurrency.broke(at));
    assert_eq!(concurrency.limit(), 8, "all that break together are one break");
    (0..30).for_each(|_| concurrency.confirmed(quick(at)));
    assert_eq!(concurrency.limit(), 16);
}

#[test]
fn a_second_break_without_a_confirmed_part_leaves_one() {
    let mut concurrency = Concurrency::new(2, 16);
    (0..20).for_each(|_| concurrency.confirmed(quick(Duration::ZERO)));
    concurrency.broke(Duration::from_secs(20));
    concurrency.broke(Duration::from_secs(43));
    assert_eq!(concurrency.limit(), 1);
}

/// A peer that takes nothing of the first part says nothing of the line, and keeps no other part waiting.
#[test]
fn beside_a_part_that_stands_still_another_goes_within_five_seconds_and_is_not_let_go_of() {
    let mut rule = Rule::new(2, 16);
    let first = rule.begin(Duration::ZERO, 64 * MIB);
    let begun = (1..=10_u32).map(|half_second| STEP * half_second).find(|at| {
        assert!(!rule.moved(*at, first, MIB));
        rule.limit() == 2
    });
    let second = rule.begin(begun.unwrap(), 64 * MIB);
    for half_second in 1..60 {
        let at = begun.unwrap() + STEP * half_second;
        assert!(!rule.moved(at, first, MIB));
        assert!(!rule.moved(at, second, 0));
    }
}

/// Nor does a storage that took the first part and does not answer.
#[test]
fn beside_a_part_whose_answer_does_not_come_another_goes_within_half_a_minute() {
    let mut rule = Rule::new(2, 16);
    let first = rule.begin(Duration::ZERO, 5 * MIB);
    let begun = (1..=60_u32).map(|half_second| STEP * half_second).find(|at| {
        assert!(!rule.moved(*at, first, 5 * MIB));
        rule.limit() == 2
    });
    let second = rule.begin(begun.unwrap(), 5 * MIB);
    assert!(!rule.moved(begun.unwrap(), second, 0), "nor is it let go of");
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
    /// Whatever happens, in whatever order: at least one part may go, and never more than the maximum.
    #[test]
    fn the_limit_stays_within_its_bounds(
        first in 0_usize..40,
        most in 0_usize..40,
        happened in prop::collection::vec((0_u8..5, any::<u32>(), any::<u64>(), 0_usize..40), 0..200),
    ) {
        let mut concurrency = Concurrency::new(first, most);
        for (what, at, bytes, in_flight) in happened {
            let at = Duration::from_millis(u64::from(at));
            match what {
                0 => {
                    let (took, answer) = (Duration::from_millis(bytes % 999_999), Duration::from_millis(bytes % 9_999));
                    concurrency.confirmed(Confirmed { at, bytes, took, answer, at_once: in_flight });
                }
                3 => concurrency.began(at, bytes),
                1 => concurrency.broke(at),
                2 => concurrency.set_most(in_flight.min(most)),
                _ => concurrency.sample(Sample { at, in_flight, acknowledged: bytes, part: bytes, furthest: bytes }),
            }
            prop_assert!((1..=most.max(1)).contains(&concurrency.limit()));
        }
    }
}
