//! How many parts to send to one host at once: as many as pay, and on a slow line so few that parts get through.
//!
//! A far line with loss carries more with more connections, a slow one does not: there each further part only makes all others take longer,
//! and a crash or a break loses all that are half through. Neither can be known beforehand, so it is tried: the number changes, and stays
//! only where the acknowledged bytes a second say that it paid. No clock and no I/O; times are those since any fixed start.

use std::time::Duration;

/// An acknowledgement may come from a box in between that takes megabytes ahead. Until a part was confirmed, or more was acknowledged of
/// one than such a box takes, it proves little.
const UNPROVEN: (usize, u64) = (4, 16 << 20);

/// A rate is taken over at least this long. Shorter ones measure the bursts of TCP and not the line.
const WINDOW: Duration = Duration::from_secs(3);

/// A part should be confirmed within this time, where its size lets it.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(120);

/// Parts that are through so quickly may be joined by more at once: what was too much costs next to nothing.
const QUICK: Duration = Duration::from_secs(2);

/// A change pays if the rate follows it by half. (Twice the connections, at least one and a half times the bytes.)
const PAYS: f64 = 0.5;

/// After a try that did not pay the next waits this long, and twice as long each time.
const HOLD_OFF: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(600));

/// A try costs what the parts sent that are let go of again: at most this share of what was confirmed since the last one.
const COST: f64 = 0.02;

/// After a connection broke nothing is added for this long, or until so many parts were confirmed: what a line carries between two breaks
/// should be whole parts.
const CALM: (Duration, u32) = (Duration::from_secs(120), 16);

/// Connections that break within this time broke together.
const TOGETHER: Duration = Duration::from_secs(5);

/// What is going on at one host, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// When.
    pub at: Duration,
    /// Parts on their way to the host of which not everything is acknowledged yet.
    pub in_flight: usize,
    /// Bytes that the host has acknowledged so far, in all.
    pub acknowledged: u64,
    /// Bytes of the largest part on its way.
    pub part: u64,
    /// Bytes that were acknowledged of the part that is furthest.
    pub furthest: u64,
}

/// The number of parts that may go to one host at once.
#[derive(Debug, Clone)]
pub struct Concurrency {
    limit: usize,
    most: usize,
    window: Option<Sample>,
    trial: Option<Trial>,
    /// No more before then, and no fewer.
    no_more_before: Duration,
    no_fewer_before: Duration,
    hold_off: Duration,
    /// More connections were seen to carry more, fewer to carry less: each has a share of its own.
    own_shares: bool,
    calm_until: Duration,
    /// Parts confirmed since the last break.
    through: u32,
    broke_at: Option<Duration>,
    /// Bytes confirmed in all, at the last try (0: there was none), and at the last break.
    confirmed: u64,
    confirmed_at_trial: u64,
    confirmed_at_break: u64,
}

/// A change that has to show whether it pays.
#[derive(Debug, Clone, Copy)]
struct Trial {
    from: usize,
    rate: f64,
}

impl Concurrency {
    /// For a host that nothing is known of: begins with `first`, and is never more than `most` (both at least 1).
    #[must_use]
    pub fn new(first: usize, most: usize) -> Self {
        Self {
            limit: first.clamp(1, most.max(1)),
            most: most.max(1),
            window: None,
            trial: None,
            no_more_before: Duration::ZERO,
            no_fewer_before: Duration::ZERO,
            hold_off: HOLD_OFF.0,
            own_shares: false,
            calm_until: Duration::ZERO,
            through: 0,
            broke_at: None,
            confirmed: 0,
            confirmed_at_trial: 0,
            confirmed_at_break: 0,
        }
    }

    /// How many may go at once now, at least 1.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Changes the most that may ever go at once.
    pub fn set_most(&mut self, most: usize) {
        self.most = most.max(1);
        self.set(self.limit);
    }

    /// A part of that many bytes was confirmed, so long after it began.
    pub fn confirmed(&mut self, at: Duration, bytes: u64, took: Duration) {
        self.confirmed = self.confirmed.saturating_add(bytes);
        self.through = self.through.saturating_add(1);
        if self.through >= CALM.1 {
            self.calm_until = Duration::ZERO;
        }
        if took < QUICK && at >= self.calm_until {
            self.trial = None;
            self.set(self.limit + 1);
        }
    }

    /// A connection broke while it carried a part, or stood still for too long.
    ///
    /// Down to one where nothing was confirmed since the break before: a line that carries no whole part between two breaks.
    pub fn broke(&mut self, at: Duration) {
        let together = self.broke_at.is_some_and(|before| at.saturating_sub(before) < TOGETHER);
        (self.calm_until, self.through) = (at.saturating_add(CALM.0), 0);
        if together {
            return;
        }
        let in_vain = self.broke_at.is_some() && self.confirmed == self.confirmed_at_break;
        (self.broke_at, self.confirmed_at_break, self.trial) = (Some(at), self.confirmed, None);
        self.set(if in_vain { 1 } else { self.limit / 2 });
    }

    /// Looks at what was acknowledged, and changes the limit where that is worth a try or did not pay.
    ///
    /// Says nothing while fewer parts go than may: then the limit is not what makes it slow.
    pub fn sample(&mut self, now: Sample) {
        // One that just ended is about to be followed by the next.
        let least = self.limit.saturating_sub((self.limit / 4).max(1)).max(1);
        if !(least..=self.limit).contains(&now.in_flight) {
            self.window = None;
            return;
        }
        let backwards = |began: &Sample| began.acknowledged > now.acknowledged || began.at > now.at;
        let Some(began) = self.window.filter(|began| !backwards(began)) else {
            self.window = Some(now);
            return;
        };
        let passed = now.at.saturating_sub(began.at);
        if passed < WINDOW {
            return;
        }
        self.window = Some(now);
        let rate = (now.acknowledged - began.acknowledged) as f64 / passed.as_secs_f64();
        self.judge(&now, rate);
    }

    fn judge(&mut self, now: &Sample, rate: f64) {
        let Sample { at, part, furthest, .. } = *now;
        if let Some(trial) = self.trial.take() {
            let (before, after) = ((trial.from, trial.rate), (self.limit, rate));
            self.own_shares = if trial.from < self.limit { pays(before, after) } else { pays(after, before) };
            if self.own_shares != (trial.from < self.limit) {
                return self.give_up(at, trial.from);
            }
        }
        let within = CONFIRMED_WITHIN.as_secs_f64();
        let takes = |parts: usize| parts as f64 * part as f64 / rate.max(1.0);
        if self.limit > 1 && takes(self.limit) > within && at >= self.no_fewer_before && !self.own_shares {
            let fitting = (within * rate / part.max(1) as f64) as usize;
            return self.try_out(rate, fitting.clamp(1, self.limit - 1));
        }
        let proven = self.confirmed > 0 || furthest >= UNPROVEN.1;
        let most = if proven { self.most } else { self.most.min(UNPROVEN.0) };
        let more = (self.limit * 2).min(most);
        let cost = rate * WINDOW.as_secs_f64() * more.saturating_sub(self.limit) as f64 / more as f64;
        let affordable = self.confirmed_at_trial == 0
            || cost <= COST * self.confirmed.saturating_sub(self.confirmed_at_trial) as f64;
        let may = at >= self.calm_until
            && (self.own_shares
                || (at >= self.no_more_before
                    && affordable
                    && (takes(more) <= within || self.confirmed_at_trial == 0)));
        if more > self.limit && may {
            self.try_out(rate, more);
        }
    }

    fn try_out(&mut self, rate: f64, limit: usize) {
        self.confirmed_at_trial = self.confirmed.max(1);
        self.trial = Some(Trial { from: self.limit, rate });
        self.set(limit);
    }

    fn give_up(&mut self, at: Duration, back_to: usize) {
        let until = at.saturating_add(self.hold_off);
        if back_to < self.limit {
            self.no_more_before = until;
        } else {
            self.no_fewer_before = until;
        }
        self.set(back_to);
        self.hold_off = self.hold_off.saturating_mul(2).min(HOLD_OFF.1);
    }

    fn set(&mut self, limit: usize) {
        self.limit = limit.clamp(1, self.most);
        self.window = None;
    }
}

/// Whether the second number of connections, which is larger, is worth it over the first, each with its rate.
fn pays(fewer: (usize, f64), more: (usize, f64)) -> bool {
    let growth = more.0 as f64 / fewer.0 as f64 - 1.0;
    more.1 >= fewer.1 * (1.0 + PAYS * growth)
}
