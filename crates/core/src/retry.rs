//! What to do about a request that did not do what it should.

use std::time::Duration;

/// What to do next; how often is the engine's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetryClass {
    /// It passes: again after a back-off.
    Again,
    /// The service asks to be left alone: again after a back-off, with fewer requests at once.
    Throttled {
        /// How long it asked for, at most an hour.
        after: Option<Duration>,
    },
    /// No network, no name, a captive portal: wait for the network.
    Offline,
    /// The link ran out: fresh links, else a new session.
    LinkExpired,
    /// The link cannot work: one refresh at most, then stop.
    LinkBroken,
    /// The vendor does not know the session any more: everything goes again in a new one.
    SessionGone,
    /// At *complete*: a part is missing or other; send it again.
    PartsMissing,
    /// The key is missing or refused: wait for a person to give another.
    Credentials,
    /// Only a person can say how it goes on.
    Refused,
    /// The whole request went out and no answer came: nobody knows whether it was done. Only for *start* and *complete*.
    Unknown,
    /// At *complete*: the vendor says "no such session" or "conflict", which is also what it says when all is done.
    Conflict,
}
