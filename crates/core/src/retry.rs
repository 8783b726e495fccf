//! What to do about a failed request.

use std::time::Duration;

/// What to do next; the engine decides how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetryClass {
    /// Transient: retry after a back-off.
    Again,
    /// The service is overloaded: retry after a back-off, with fewer requests at once.
    Throttled {
        /// The wait it asked for, at most an hour.
        after: Option<Duration>,
    },
    /// No network, no DNS, a captive portal: wait for the network.
    Offline,
    /// The link expired: get fresh links, else a new session.
    LinkExpired,
    /// The link cannot work: refresh once at most, then stop.
    LinkBroken,
    /// The provider no longer knows the session: send everything again in a new one.
    SessionGone,
    /// At *complete*: a part is missing or differs; send it again.
    PartsMissing,
    /// The key is missing or refused: wait for the user to provide another.
    Credentials,
    /// Only the user can decide how to continue.
    Refused,
    /// The whole request was sent and no answer came: it may or may not have been carried out. Only for
    /// *start* and *complete*.
    Unknown,
    /// At *complete*: the provider says "no such session" or "conflict", which it also says when all is done.
    Conflict,
}
