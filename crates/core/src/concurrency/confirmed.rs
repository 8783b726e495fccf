//! A part that was confirmed, and what it says of others that take its way.

use std::time::Duration;

/// An answer within this time after the last acknowledged byte: what is acknowledged is really there.
const PROMPT: Duration = Duration::from_secs(2);

/// A part that the storage took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmed {
    /// When.
    pub at: Duration,
    /// Its bytes.
    pub bytes: u64,
    /// From its beginning to its answer.
    pub took: Duration,
    /// From the acknowledgement of its last byte to its answer.
    pub answer: Duration,
    /// Parts on their way to the host when it began or when it was confirmed, whichever were fewer, itself included (at least 1).
    pub at_once: usize,
}

/// How long a part took. Holds also where a box in between acknowledges what the storage does not have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Took {
    bytes: f64,
    seconds: f64,
    at_once: f64,
    /// The answer came at once.
    pub(super) is_prompt: bool,
}

impl Took {
    /// `None` where it had no bytes: that says nothing.
    pub(super) fn of(part: Confirmed) -> Option<Self> {
        let Confirmed { bytes, took, answer, at_once, .. } = part;
        let seconds = took.as_secs_f64().max(0.001);
        let (at_once, is_prompt) = (at_once.max(1) as f64, answer <= PROMPT);
        (bytes > 0).then_some(Self { bytes: bytes as f64, seconds, at_once, is_prompt })
    }

    /// Bytes a second of all that went beside it, if each was as fast.
    pub(super) fn speed(self) -> f64 {
        self.bytes * self.at_once / self.seconds
    }

    /// Whether what it took says how long a part of that size takes. Of a much smaller one it is mostly the way there and back.
    pub(super) fn is_like(self, part: u64) -> bool {
        self.bytes * 4.0 >= part as f64
    }

    /// Seconds that a part of that size takes at most if so many go at once.
    pub(super) fn beside(self, parts: usize, part: u64) -> f64 {
        self.seconds * (parts as f64 / self.at_once) * (part as f64 / self.bytes)
    }
}
