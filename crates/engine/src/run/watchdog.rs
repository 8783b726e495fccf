//! Watches one part in flight: progress is what the peer acknowledges, and a connection without any is
//! dropped.

use std::time::Duration;

use partway_core::{Cause, Failure, RetryClass, Step};
use partway_http::{PutAnswer, PutFailure};
use tokio::time::Instant;

use crate::body::Attempt;

/// How often progress is checked.
const LOOK: Duration = Duration::from_millis(500);

/// Stall timeout: nothing acknowledged for this long means the connection is dead, whatever the kernel
/// believes. A slow one never is.
const STALL: Duration = Duration::from_secs(30);

/// A middlebox may acknowledge up to this much more than the storage has received.
const AHEAD: u64 = 8 << 20;

/// Assumed speed if no part was confirmed yet, that of a poor mobile line, in bytes per second.
const SLOWEST: f64 = 30_000.0;

/// Minimum and maximum time for the answer after the last acknowledged byte.
const ANSWER: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(1_800));

/// Error code of a failure without an answer.
pub(super) const STALLED: &str = "stalled";

/// How an attempt ended.
pub(super) enum Ended {
    /// The storage answered, or the connection ended.
    Put(Result<PutAnswer, PutFailure>),
    /// It made room for others.
    LetGo,
}

/// What the watchdog reports to and queries.
pub(super) trait Report {
    /// The peer has acknowledged this many bytes of the part. Returns whether the part should make room for
    /// others.
    fn moved(&mut self, acknowledged: u64) -> bool;
    /// How long ago a part to the same host was confirmed: while others are being answered, the connection
    /// is not dead.
    fn confirmed_ago(&self) -> Option<Duration>;
    /// Bytes per second of one confirmed part to the same host, from start to answer.
    fn speed(&self) -> Option<f64>;
    /// Parts in flight to the same host, including this one.
    fn in_flight(&self) -> usize;
}

/// Ends an attempt that makes no progress. `length`: bytes of the part.
pub(super) async fn watch<F>(put: F, attempt: &Attempt, length: u64, report: &mut impl Report) -> Ended
where
    F: Future<Output = Result<PutAnswer, PutFailure>>,
{
    let begun = Instant::now();
    let (mut moved, mut seen, mut arrived) = (begun, 0, None);
    tokio::pin!(put);
    loop {
        tokio::select! {
            biased;
            outcome = &mut put => {
                report.moved(if outcome.is_ok() { length } else { attempt.on_the_way() });
                return Ended::Put(outcome);
            }
            () = tokio::time::sleep(LOOK) => {}
        }
        let acknowledged = attempt.on_the_way();
        // While the drive delivers nothing, the connection cannot be judged. The body ends itself if the
        // drive is silent.
        if acknowledged > seen || attempt.waits_for_disk() {
            (seen, moved) = (acknowledged, Instant::now());
        }
        if report.moved(acknowledged) {
            return Ended::LetGo;
        }
        let whole = attempt.all_taken() && acknowledged >= length;
        let (limit, what) = if whole {
            let arrived = *arrived.get_or_insert_with(Instant::now);
            let left = (arrived + ANSWER.1).saturating_duration_since(Instant::now());
            let limit = answer_within(length, arrived - begun, report.speed(), report.in_flight());
            let quiet = report.confirmed_ago().map_or(moved.elapsed(), |ago| ago.min(moved.elapsed()));
            if quiet < limit && !left.is_zero() {
                continue;
            }
            (Duration::ZERO, "no answer came after the last byte")
        } else {
            (STALL, "the other end took nothing for 30 s")
        };
        if moved.elapsed() >= limit {
            let cause = Cause::KeepsFailing { what: what.into() };
            let failure = Failure::new(Step::Part, RetryClass::Again, cause, what);
            return Ended::Put(Err(PutFailure::Wire(Failure { code: Some(STALLED.into()), ..failure })));
        }
    }
}

/// The time limit for the answer, if everything was acknowledged `within` that time: long enough for what a
/// middlebox may still hold.
///
/// Allows twice the time that an earlier part's speed implies. Without one: for a part larger than what can
/// be held, the rest has really arrived meanwhile, so that speed is certain; otherwise a poor line is
/// assumed, shared by all parts `in_flight`.
fn answer_within(length: u64, within: Duration, confirmed_speed: Option<f64>, in_flight: usize) -> Duration {
    let (least, most) = ANSWER;
    let held = length.min(AHEAD) as f64;
    let drain = match confirmed_speed {
        Some(speed) => 2.0 * held / speed.max(1.0),
        None if length > AHEAD => 2.0 * held * within.as_secs_f64() / (length - AHEAD) as f64,
        None => held * in_flight.max(1) as f64 / SLOWEST,
    };
    (least + Duration::from_secs_f64(drain.min(most.as_secs_f64()))).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Alone {
        reported: u64,
        make_room_at: Option<Instant>,
    }

    impl Report for Alone {
        fn moved(&mut self, acknowledged: u64) -> bool {
            self.reported = acknowledged;
            self.make_room_at.is_some_and(|at| Instant::now() >= at)
        }
        fn confirmed_ago(&self) -> Option<Duration> {
            None
        }
        fn speed(&self) -> Option<f64> {
            None
        }
        fn in_flight(&self) -> usize {
            1
        }
    }

    fn stalled(ended: Ended) -> bool {
        matches!(ended, Ended::Put(Err(PutFailure::Wire(failure))) if failure.code.as_deref() == Some(STALLED))
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_is_given_up_after_thirty_seconds() {
        let begun = Instant::now();
        let ended = watch(std::future::pending(), &Attempt::default(), 1, &mut Alone::default()).await;
        assert!(stalled(ended));
        assert_eq!(begun.elapsed().as_secs(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_only_slow_is_never_given_up() {
        let attempt = Attempt::default();
        let mut alone = Alone::default();
        let trickle = async {
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_secs(29)).await;
                attempt.took(1);
            }
            std::future::pending::<()>().await;
        };
        let begun = Instant::now();
        tokio::select! {
            ended = watch(std::future::pending(), &attempt, 1_000, &mut alone) => assert!(stalled(ended)),
            () = trickle => {}
        }
        assert_eq!((alone.reported, begun.elapsed().as_secs()), (100, 100 * 29 + 30));
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_makes_room_when_it_is_asked_to() {
        let mut report =
            Alone { make_room_at: Some(Instant::now() + Duration::from_secs(3)), ..Alone::default() };
        let ended = watch(std::future::pending(), &Attempt::default(), 1, &mut report).await;
        assert!(matches!(ended, Ended::LetGo));
    }

    #[test]
    fn the_answer_has_as_long_as_what_may_be_held_in_between_takes_and_never_more_than_half_an_hour() {
        let (mib, second) = (1 << 20, Duration::from_secs(1));
        // 16 MiB in a second: 8 of them have really arrived.
        assert_eq!(answer_within(16 * mib, second, None, 16).as_secs(), 32);
        // 16 MiB at 12.5 kB/s per connection, of which a middlebox holds 8: those take 671 s.
        assert_eq!(answer_within(16 * mib, Duration::from_secs(671), None, 4).as_secs(), 30 + 1342);
        // Swallowed whole by a middlebox: nothing is known, so a poor line is assumed.
        assert_eq!(answer_within(5 * mib, second, None, 4).as_secs(), 30 + 699);
        assert_eq!(answer_within(64 << 10, second, None, 2).as_secs(), 34);
        assert_eq!(answer_within(8 * mib, second, Some(1e6), 16).as_secs(), 46);
        assert_eq!(answer_within(8 * mib, second, Some(1.0), 1).as_secs(), 1_800);
    }
}
