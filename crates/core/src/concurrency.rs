//! How many parts to send to one host at once: as many as pay off, and on a slow line few enough that parts
//! get through.
//!
//! A distant, lossy line carries more with more connections. A slow line does not: each further part only
//! slows the others, and a crash or a broken connection loses every half-sent part. Neither is known in
//! advance, so the limit is changed on trial and kept only if the acknowledged bytes per second show that it
//! paid. No clock and no I/O; times count from any fixed start.

mod confirmed;
mod trial;

use std::time::Duration;

pub use confirmed::Confirmed;
use confirmed::Took;
use trial::{Shown, Trial};

/// An acknowledgement may come from a box in between that takes megabytes ahead. Until a part was confirmed, or more was acknowledged of
/// one than such a box takes, it proves little.
const UNPROVEN: u64 = 16 << 20;

/// A rate is taken over at least this long, and over so many bytes where they come within the longer time. Shorter ones measure the bursts
/// of TCP and not the line: what was lost and came again is acknowledged together with all that waited for it.
const WINDOW: (Duration, u64, Duration) = (Duration::from_secs(3), 256 << 10, Duration::from_secs(8));

/// After a change nothing is measured for this long: a box in between takes the first bytes of a connection at once.
const SETTLE: Duration = Duration::from_secs(1);

/// Where nothing is known, and all is acknowledged, another part goes after so long without an answer. A box in between that took the
/// whole part cannot be told from a storage that does not answer.
const SILENT: Duration = Duration::from_secs(20);

/// A part should be confirmed within this time, if its size allows.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(120);

/// More go at once only where their parts would be through in this share of that time, because a rate is never quite right.
const MARGIN: f64 = 0.9;

/// The poorest line that still carries uploads, bytes a second. Where nothing is known of a line it may be this one.
const POOREST: u64 = 20_000;

/// Parts that are through so quickly may be joined by more at once: what was too much costs next to nothing.
const QUICK: Duration = Duration::from_secs(2);

/// After a try that did not pay the next waits this long, and twice as long each time.
const HOLD_OFF: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(600));

/// Bound on a trial's cost (the bytes of parts that are dropped again) as a share of the bytes confirmed
/// since the last trial.
const COST: f64 = 0.02;

/// After a broken connection the limit does not grow for this long, or until this many parts were confirmed:
/// what a line carries between two breaks should be whole parts.
const CALM: (Duration, u32) = (Duration::from_secs(120), 16);

/// Connections that break within this time count as one break.
const TOGETHER: Duration = Duration::from_secs(5);

/// A snapshot of the transfers to one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// When it was taken.
    pub at: Duration,
    /// Parts in flight that are not fully acknowledged.
    pub in_flight: usize,
    /// Total bytes acknowledged by the host so far.
    pub acknowledged: u64,
    /// Size of the largest part in flight, bytes.
    pub part: u64,
    /// Acknowledged bytes of the part that is furthest along.
    pub furthest: u64,
}

/// The number of parts that may go to one host at once.
#[derive(Debug, Clone)]
pub struct Concurrency {
    limit: usize,
    /// So many go wherever their parts are through in time.
    usual: usize,
    most: usize,
    window: Option<Sample>,
    /// No window begins before then.
    settled_at: Duration,
    /// Bytes a second in the last window in which anything came.
    rate: Option<f64>,
    /// Nothing came in the last window.
    is_still: bool,
    /// Since when there was nothing to do but wait for answers, while nothing is known.
    silent_since: Option<Duration>,
    trial: Option<Trial>,
    /// The limit neither grows nor shrinks before these times.
    no_more_before: Duration,
    no_fewer_before: Duration,
    hold_off: Duration,
    /// Bytes a second of each, where more connections were seen to carry more, or fewer less: each has a share of its own.
    own_share: Option<f64>,
    calm_until: Duration,
    /// Parts confirmed since the last break.
    through: u32,
    broke_at: Option<Duration>,
    /// Of the last part that was confirmed.
    took: Option<Took>,
    /// Bytes confirmed in all, at the last try (0: there was none), and at the last break.
    confirmed: u64,
    confirmed_at_trial: u64,
    confirmed_at_break: u64,
}

impl Concurrency {
    /// For a host that nothing is known of: never more than `most` at once, and `usual` wherever that does not make parts late (both at
    /// least 1). Begins with one.
    #[must_use]
    pub fn new(usual: usize, most: usize) -> Self {
        Self {
            limit: 1,
            usual: usual.max(1),
            most: most.max(1),
            window: None,
            settled_at: Duration::ZERO,
            rate: None,
            is_still: false,
            silent_since: None,
            trial: None,
            no_more_before: Duration::ZERO,
            no_fewer_before: Duration::ZERO,
            hold_off: HOLD_OFF.0,
            own_share: None,
            calm_until: Duration::ZERO,
            through: 0,
            broke_at: None,
            took: None,
            confirmed: 0,
            confirmed_at_trial: 0,
            confirmed_at_break: 0,
        }
    }

    /// How many parts may be in flight now, at least 1.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Bytes a second that were acknowledged lately; `None` before that was measured.
    #[must_use]
    pub const fn rate(&self) -> Option<f64> {
        self.rate
    }

    /// Changes the most that may ever go at once.
    pub fn set_most(&mut self, most: usize) {
        self.most = most.max(1);
        self.limit = self.limit.min(self.most);
        self.window = None;
    }

    /// A part of that many bytes begins. Where it would take too long beside others, fewer may go from now on.
    pub fn began(&mut self, at: Duration, bytes: u64) {
        let known = self.rate.or(self.took.map(|took| took.speed()));
        let fitting = fitting(known.unwrap_or(POOREST as f64), bytes);
        if known.is_none() && !self.is_still && self.calm_until.is_zero() {
            self.set(at, fitting.min(self.usual));
            self.settled_at = self.settled_at.max(at.saturating_add(SETTLE));
        } else if self.trial.is_some_and(|trial| trial.is_slow) {
            // What a box in between takes of this one says nothing of the line.
            (self.window, self.settled_at) = (None, at.saturating_add(SETTLE));
        } else if !self.is_still && self.own_share.is_none() && fitting < self.limit {
            self.trial = None;
            self.set(at, fitting);
        }
    }

    /// A part was confirmed.
    pub fn confirmed(&mut self, part: Confirmed) {
        let Confirmed { at, bytes, took, .. } = part;
        self.confirmed = self.confirmed.saturating_add(bytes);
        self.through = self.through.saturating_add(1);
        if self.through >= CALM.1 {
            self.calm_until = Duration::ZERO;
        }
        let took_now = Took::of(part);
        self.took = took_now.or(self.took);
        if took > CONFIRMED_WITHIN && self.limit > 1 && !(self.own_share.is_some() && self.is_truthful()) {
            // Whatever was acknowledged: that is how long it takes.
            self.own_share = None;
            self.no_more_before = self.no_more_before.max(at.saturating_add(self.hold_off));
            self.trial = None;
            let share = CONFIRMED_WITHIN.as_secs_f64() / took.as_secs_f64();
            return self.set(at, (self.limit as f64 * share) as usize);
        }
        if at < self.calm_until {
            return;
        }
        if self.limit < self.usual && took_now.is_some_and(|took| in_time(took.beside(self.usual, bytes))) {
            self.trial = None;
            self.set(at, self.usual);
        }
        if took < QUICK {
            self.trial = None;
            self.set(at, self.limit + 1);
        }
    }

    /// Records that a connection broke, or stalled, while it carried a part.
    ///
    /// Drops the limit to one if nothing was confirmed since the previous break: such a line carries no whole
    /// part between two breaks.
    pub fn broke(&mut self, at: Duration) {
        let together = self.broke_at.is_some_and(|before| at.saturating_sub(before) < TOGETHER);
        (self.calm_until, self.through) = (at.saturating_add(CALM.0), 0);
        if together {
            return;
        }
        let in_vain = self.broke_at.is_some() && self.confirmed == self.confirmed_at_break;
        (self.broke_at, self.confirmed_at_break, self.trial) = (Some(at), self.confirmed, None);
        self.set(at, if in_vain { 1 } else { self.limit / 2 });
    }

    /// Looks at what was acknowledged, and changes the limit if a change is worth a trial or did not pay off.
    ///
    /// Does nothing while fewer parts are in flight than allowed: then the limit is not the bottleneck.
    pub fn sample(&mut self, now: Sample) {
        self.look_at_silence(&now);
        // One that just ended is about to be followed by the next.
        let least = self.limit.saturating_sub((self.limit / 4).max(1)).max(1);
        if !(least..=self.limit).contains(&now.in_flight) || now.at < self.settled_at {
            self.window = None;
            return;
        }
        let backwards = |began: &Sample| began.acknowledged > now.acknowledged || began.at > now.at;
        let Some(began) = self.window.filter(|began| !backwards(began)) else {
            self.window = Some(now);
            return;
        };
        let (passed, bytes) = (now.at.saturating_sub(began.at), now.acknowledged - began.acknowledged);
        if passed < WINDOW.0 {
            return;
        }
        self.is_still = bytes == 0;
        if self.is_still {
            // One that a peer takes nothing of makes no other late, and others may do better.
            let usual = self.usual.max(self.limit);
            return if now.at < self.calm_until { self.window = Some(now) } else { self.set(now.at, usual) };
        }
        let rate = bytes as f64 / passed.as_secs_f64();
        let far_too_many =
            self.trial.is_none() && takes(self.limit, now.part, rate) > 1.5 * CONFIRMED_WITHIN.as_secs_f64();
        if bytes >= WINDOW.1 || passed >= WINDOW.2 || (self.limit > 1 && far_too_many) {
            self.window = Some(now);
            self.judge(&now, rate);
        }
    }

    fn look_at_silence(&mut self, now: &Sample) {
        let is_silent = now.in_flight == 0 && now.part > 0 && self.rate.is_none() && self.took.is_none();
        self.silent_since = self.silent_since.or(Some(now.at)).filter(|_| is_silent);
        let is_long = self.silent_since.is_some_and(|since| now.at.saturating_sub(since) >= SILENT);
        if is_long && self.limit < self.usual && now.at >= self.calm_until {
            self.is_still = true;
            self.set(now.at, self.usual);
        }
    }

    fn judge(&mut self, now: &Sample, rate: f64) {
        let Sample { at, part, .. } = *now;
        self.rate = Some(rate);
        if self.own_share.is_some_and(|share| rate / (self.limit as f64) < share / 2.0) {
            // Another line than it was.
            (self.own_share, self.no_fewer_before) = (None, at);
        }
        if let Some(mut trial) = self.trial.take() {
            match trial.shows(self.limit, rate) {
                Shown::More { share } => self.own_share = Some(share),
                Shown::NoMore => self.own_share = None,
                Shown::Nothing => self.trial = Some(trial),
            }
            if self.trial.is_some() {
                return;
            }
            if self.own_share.is_some() != (trial.from < self.limit) {
                return self.give_up(at, trial.from);
            }
        }
        if self.own_share.is_none() {
            let within = CONFIRMED_WITHIN.as_secs_f64();
            if self.limit > 1 && takes(self.limit, part, rate) > within && at >= self.no_fewer_before {
                return self.try_out(at, rate, fitting(rate, part).min(self.limit - 1), false);
            }
            let usual = self.usual;
            let has_time = in_time(takes(usual, part, rate)) && self.took_allows(usual, part);
            if self.limit < usual && at >= self.calm_until && has_time {
                return self.set(at, usual);
            }
        }
        self.perhaps_more(now, rate);
    }

    fn perhaps_more(&mut self, now: &Sample, rate: f64) {
        let Sample { at, part, furthest, .. } = *now;
        let more = (self.limit * 2).min(self.most);
        let is_proven = self.took.is_some() || furthest >= UNPROVEN;
        if more <= self.limit || at < self.calm_until || !is_proven {
            return;
        }
        let is_first = self.confirmed_at_trial == 0;
        let is_cheap = || {
            let cost = rate * WINDOW.0.as_secs_f64() * (more - self.limit) as f64 / more as f64;
            is_first || cost <= COST * self.confirmed.saturating_sub(self.confirmed_at_trial) as f64
        };
        let has_time = match self.own_share {
            Some(_) => self.is_truthful() || self.took_allows(more, part),
            None => {
                in_time(takes(more, part, rate)) && self.took_allows(more, part)
                    || is_first && self.is_truthful() && (self.limit == 1 || self.took.is_some())
            }
        };
        if has_time && (self.own_share.is_some() || at >= self.no_more_before && is_cheap()) {
            let is_slow = takes(more, part, rate) > CONFIRMED_WITHIN.as_secs_f64() / 2.0;
            self.try_out(at, rate, more, is_slow);
        }
    }

    /// Whether so many parts would be through in time side by side, as far as the last one that was confirmed says.
    fn took_allows(&self, parts: usize, part: u64) -> bool {
        self.took.filter(|took| took.is_like(part)).is_none_or(|took| in_time(took.beside(parts, part)))
    }

    /// Whether what is acknowledged is really there, as far as the last part that was confirmed says.
    fn is_truthful(&self) -> bool {
        self.took.is_none_or(|took| took.is_prompt)
    }

    fn try_out(&mut self, at: Duration, rate: f64, limit: usize, is_slow: bool) {
        self.confirmed_at_trial = self.confirmed.max(1);
        self.trial = Some(Trial::new(self.limit, rate, is_slow));
        self.set(at, limit);
    }

    fn give_up(&mut self, at: Duration, back_to: usize) {
        let until = at.saturating_add(self.hold_off);
        if back_to < self.limit {
            self.no_more_before = until;
        } else {
            self.no_fewer_before = until;
        }
        self.set(at, back_to);
        self.hold_off = self.hold_off.saturating_mul(2).min(HOLD_OFF.1);
    }

    fn set(&mut self, at: Duration, limit: usize) {
        let limit = limit.clamp(1, self.most);
        if limit != self.limit {
            self.settled_at = at.saturating_add(SETTLE);
        }
        (self.limit, self.window) = (limit, None);
    }
}

/// Seconds until parts of that size are through where so many share that rate.
pub(crate) fn takes(parts: usize, part: u64, rate: f64) -> f64 {
    parts as f64 * part as f64 / rate.max(1.0)
}

/// How many parts of that size that rate carries in time, at least 1.
fn fitting(rate: f64, part: u64) -> usize {
    ((CONFIRMED_WITHIN.as_secs_f64() * rate / part.max(1) as f64) as usize).max(1)
}

/// Whether a part that takes so many seconds is confirmed in time, rates never being quite right.
pub(crate) fn in_time(seconds: f64) -> bool {
    seconds <= MARGIN * CONFIRMED_WITHIN.as_secs_f64()
}
