//! The line to one host: which parts are on it, what was acknowledged of them, and how many may go at once.

use std::time::Duration;

use crate::concurrency::{Concurrency, Confirmed, Sample, in_time, takes};

/// The line is looked at this often, however many parts are on it.
const LOOK: Duration = Duration::from_millis(400);

/// A part is let go of for the sake of others only while at most this share of it and no more than that many bytes would go again; the last
/// is the share where otherwise no part would be confirmed in time.
const LET_GO: (u64, u64, u64) = (8, 2 << 20, 4);

/// The line to one host.
#[derive(Debug, Clone)]
pub struct Line {
    concurrency: Concurrency,
    /// In the order in which they began.
    flying: Vec<Flying>,
    next: u64,
    /// Bytes acknowledged so far, in all.
    acknowledged: u64,
    looked: Duration,
    /// Of the last part that was confirmed: bytes a second from its beginning to its answer.
    speed: Option<f64>,
    /// When a part was last confirmed.
    confirmed_at: Option<Duration>,
}

#[derive(Debug, Clone)]
struct Flying {
    id: u64,
    length: u64,
    acknowledged: u64,
    since: Duration,
    /// When all of it was acknowledged.
    whole_at: Option<Duration>,
    /// On the line when it began, itself included.
    at_once: usize,
}

impl Line {
    /// A line that nothing is known of; see [`Concurrency::new`].
    #[must_use]
    pub fn new(usual: usize, most: usize) -> Self {
        Self {
            concurrency: Concurrency::new(usual, most),
            flying: Vec::new(),
            next: 0,
            acknowledged: 0,
            looked: Duration::ZERO,
            speed: None,
            confirmed_at: None,
        }
    }

    /// How many may be on it at once now, at least 1.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.concurrency.limit()
    }

    /// Changes the most that may ever be on it at once.
    pub fn set_most(&mut self, most: usize) {
        self.concurrency.set_most(most);
    }

    /// A part of that many bytes begins; what it is called from now on.
    pub fn begin(&mut self, at: Duration, length: u64) -> u64 {
        self.next += 1;
        let at_once = self.flying.len() + 1;
        self.flying.push(Flying {
            id: self.next,
            length,
            acknowledged: 0,
            since: at,
            whole_at: None,
            at_once,
        });
        self.concurrency.began(at, length);
        self.next
    }

    /// The peer has that much of a part. Gives back whether the part shall make room for the others.
    pub fn moved(&mut self, at: Duration, id: u64, acknowledged: u64) -> bool {
        let Some(flying) = self.flying.iter_mut().find(|flying| flying.id == id) else { return false };
        self.acknowledged += acknowledged.saturating_sub(flying.acknowledged);
        flying.acknowledged = flying.acknowledged.max(acknowledged);
        if flying.acknowledged >= flying.length {
            flying.whole_at.get_or_insert(at);
        }
        if at.saturating_sub(self.looked) >= LOOK {
            self.looked = at;
            self.concurrency.sample(Sample {
                at,
                in_flight: self.flying.iter().filter(|flying| flying.acknowledged < flying.length).count(),
                acknowledged: self.acknowledged,
                part: self.flying.iter().map(|flying| flying.length).max().unwrap_or(0),
                furthest: self.flying.iter().map(|flying| flying.acknowledged).max().unwrap_or(0),
            });
        }
        let youngest = self.flying.iter().skip(self.limit()).find(|flying| flying.id == id);
        youngest.is_some_and(|one| {
            let Flying { length, acknowledged, .. } = *one;
            acknowledged <= (length / LET_GO.0).min(LET_GO.1)
                || acknowledged <= length / LET_GO.2 && self.would_be_late(at)
        })
    }

    /// Whether no part would be confirmed in time if all went on that are on the line.
    fn would_be_late(&self, at: Duration) -> bool {
        let (Some(rate), Some(oldest)) = (self.concurrency.rate(), self.flying.first()) else { return false };
        let left = self.flying.iter().map(|flying| flying.length.saturating_sub(flying.acknowledged)).min();
        let waited = at.saturating_sub(self.confirmed_at.unwrap_or_default().max(oldest.since));
        !in_time(waited.as_secs_f64() + takes(self.flying.len(), left.unwrap_or_default(), rate))
    }

    /// A part is on the line no longer.
    pub fn end(&mut self, id: u64) {
        self.flying.retain(|flying| flying.id != id);
    }

    /// The storage took a part.
    pub fn confirmed(&mut self, at: Duration, id: u64) {
        let Some(flying) = self.flying.iter().find(|flying| flying.id == id) else { return };
        let (length, took) = (flying.length, at.saturating_sub(flying.since));
        let answer = at.saturating_sub(flying.whole_at.unwrap_or(at));
        let at_once = flying.at_once.min(self.flying.len());
        if length > 0 {
            self.speed = Some(length as f64 / took.as_secs_f64().max(0.001));
        }
        self.confirmed_at = Some(at);
        self.concurrency.confirmed(Confirmed { at, bytes: length, took, answer, at_once });
        self.end(id);
    }

    /// A connection broke while it carried a part.
    pub fn broke(&mut self, at: Duration) {
        self.concurrency.broke(at);
    }

    /// Bytes a second of one part from its beginning to its answer, where one was confirmed.
    #[must_use]
    pub const fn speed(&self) -> Option<f64> {
        self.speed
    }

    /// Parts that are on it.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.flying.len()
    }

    /// When a part was last confirmed.
    #[must_use]
    pub const fn confirmed_at(&self) -> Option<Duration> {
        self.confirmed_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Two parts share 50 kB/s: each of them would take longer than two minutes, so the younger one makes room.
    #[test]
    fn on_a_slow_line_the_youngest_part_makes_room_while_little_of_it_was_sent() {
        let mut line = Line::new(2, 16);
        let (old, young) = (line.begin(at(0), 5 * MIB), line.begin(at(0), 5 * MIB));
        let mut let_go = None;
        for look in 1..20 {
            let now = at(look * 500);
            assert!(!line.moved(now, old, look * 12_500), "the older one goes on");
            if line.moved(now, young, look * 12_500) {
                let_go = Some(now);
                break;
            }
        }
        assert!(let_go.is_some_and(|let_go| let_go < Duration::from_secs(5)), "{let_go:?}");
        assert_eq!(line.limit(), 1);
    }

    /// A storage that takes its time over an answer is no slow line.
    #[test]
    fn parts_that_only_wait_for_their_answers_say_nothing_of_the_line() {
        let mut line = Line::new(2, 16);
        let (one, two) = (line.begin(at(0), MIB), line.begin(at(0), MIB));
        for look in 1..40 {
            let_through(&mut line, one, at(look * 500));
            let_through(&mut line, two, at(look * 500));
        }
        assert_eq!(line.limit(), 2);
    }

    fn let_through(line: &mut Line, id: u64, at: Duration) {
        assert!(!line.moved(at, id, MIB));
    }

    /// Nothing is known of the line yet, and the second one would make the first late on a slow one.
    #[test]
    fn a_large_part_beside_another_on_an_unknown_line_makes_room_before_a_byte_of_it_went() {
        for first in [5 * MIB, 100 << 10] {
            let mut line = Line::new(2, 16);
            let (old, young) = (line.begin(at(0), first), line.begin(at(0), 5 * MIB));
            assert!(line.moved(at(0), young, 0) && !line.moved(at(0), old, 0), "{first}");
        }
    }

    #[test]
    fn a_part_of_which_much_was_sent_goes_on_although_fewer_may_go() {
        let mut line = Line::new(2, 16);
        let (old, young) = (line.begin(at(0), 8 * MIB), line.begin(at(0), 8 * MIB));
        assert!(!line.moved(at(500), young, MIB + 1));
        line.broke(at(600));
        assert_eq!(line.limit(), 1);
        assert!(!line.moved(at(700), young, MIB + 1) && !line.moved(at(700), old, 0));
    }

    #[test]
    fn what_one_part_took_from_its_beginning_to_its_answer_is_remembered() {
        let mut line = Line::new(2, 16);
        let id = line.begin(at(1_000), MIB);
        assert_eq!(line.speed(), None);
        line.confirmed(at(3_000), id);
        assert_eq!((line.speed(), line.confirmed_at()), (Some(MIB as f64 / 2.0), Some(at(3_000))));
    }
}
