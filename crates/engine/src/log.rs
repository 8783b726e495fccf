//! What happened to a job, as data; `app` puts it into words.

use serde::{Deserialize, Serialize};

/// Why a part is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Again {
    /// The connection broke.
    Network,
    /// The connection stalled, or no answer came.
    Stalled,
    /// The storage received other bytes than were sent.
    Differs,
    /// The service answered that it cannot take it now.
    Service,
    /// A web page came instead of an answer.
    Page,
    /// This computer could open no more files.
    OpenFiles,
}

/// One line of a job's log. Journaled as JSON, so names and fields must stay stable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Log {
    /// A session was opened.
    Started {
        /// Number of parts.
        parts: u32,
    },
    /// An open session is being resumed.
    Resumed {
        /// Parts already confirmed.
        confirmed: u32,
        /// Parts in total.
        parts: u32,
    },
    /// A part is being sent again.
    PartAgain {
        /// Its number.
        part: u32,
        /// Why, in a few words for Details.
        why: String,
        /// The kind of failure.
        how: Again,
    },
    /// The network, or the route to the destination, was lost.
    NetworkLost,
    /// A web page came instead of the service's answer.
    Page,
    /// The network is back.
    NetworkBack,
    /// The service does not respond properly; the job waits.
    PutOff {
        /// For how long, seconds.
        seconds: u64,
    },
    /// This computer lets Partway open no more files and connections; the job waits.
    OpenFiles {
        /// For how long, seconds.
        seconds: u64,
    },
    /// The service asked to slow down.
    Throttled {
        /// For how long, seconds.
        seconds: u64,
    },
    /// Too much was sent in vain within an hour; nothing more is sent until it is over.
    InVain {
        /// Bytes within this hour.
        bytes: u64,
        /// Seconds left of the hour.
        seconds: u64,
        /// The last response.
        why: String,
    },
    /// The links expired and were renewed.
    LinksRenewed,
    /// The session ended; a new one starts and everything is sent again.
    SessionLost {
        /// Bytes that had been confirmed.
        bytes: u64,
        /// Whether it expired (otherwise the service no longer knew it).
        expired: bool,
    },
    /// The links may expire before the file is done.
    ShortLife {
        /// Seconds the file needs at the current speed.
        needs_seconds: u64,
        /// Seconds the session has left.
        lives_seconds: u64,
    },
    /// The file's content was not on this computer at intake; reading it fetches it.
    Elsewhere {
        /// The file's size, bytes.
        bytes: u64,
    },
    /// The file's folder is missing; the job continues when it is back.
    SourceAway,
    /// The file's drive does not answer; the job continues when it does.
    DriveSilent,
    /// The file's content is stored elsewhere and still being fetched; the job continues when it is here.
    Fetching,
    /// The file could not be read; it will be retried.
    Unread {
        /// Why, as the end of a sentence.
        why: String,
        /// Seconds until the retry.
        seconds: u64,
    },
    /// The file is not the same as before; confirmed parts were read again and compared.
    SourceCompared {
        /// Parts that are still valid.
        same: u32,
        /// Parts that differ and are sent again.
        differ: u32,
    },
    /// The vendor lacks parts that it had accepted; they are sent again.
    PartsMissing {
        /// Number of parts.
        parts: u32,
    },
    /// The file's size is not what the vendor was given; everything is sent again in a new session.
    SourceReplaced {
        /// Bytes that had been confirmed.
        bytes: u64,
    },
    /// All parts are sent and *complete* was not answered; it is repeated.
    CompleteUnanswered,
    /// All parts are sent and the answer to *complete* was malformed; it is repeated.
    CompleteUnclear {
        /// Which field was expected, and what was there instead.
        expected: String,
    },
    /// The vendor confirmed, and everything that was compared matches.
    Verified,
    /// The vendor confirmed.
    Uploaded,
    /// The vendor has the file with the right size, under an ETag that is neither its checksum nor the one
    /// the vendor assigned.
    Unproved,
    /// The vendor answered a repeated *complete* with "unknown"; all available evidence says that the file
    /// arrived.
    Presumed,
    /// The vendor confirmed, but could not find the file afterwards.
    NotFound,
    /// The vendor confirmed, but could not be asked about the file afterwards.
    NotLookedUp {
        /// Why, in the vendor's or the network's words.
        why: String,
    },
    /// The storage is known to ignore the condition against replacing: a file that appeared there at the
    /// last moment would have been lost.
    CouldReplace,
    /// The user marked it as arrived.
    MarkedArrived,
    /// Needs attention.
    Attention,
    /// Paused by the user.
    Paused,
    /// Resumed after a pause.
    GoingOn,
    /// Cancelled because the destination has a file of that name, which was kept.
    Skipped,
    /// Cancelled.
    Cancelled,
    /// The vendor cannot abort the session, or did not; it expires by itself.
    LeftBehind {
        /// When, Unix seconds.
        until: Option<u64>,
    },
}
