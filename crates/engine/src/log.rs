//! What happened to a job, as data; `app` puts it into words.

use serde::{Deserialize, Serialize};

/// Why a part is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Again {
    /// The connection broke.
    Network,
    /// The connection took nothing, or no answer came.
    Stalled,
    /// The storage received other bytes than were sent.
    Differs,
    /// The service answered that it could not take it now.
    Service,
    /// A web page came in place of its answer.
    Page,
    /// This computer had no file left to open for it.
    OpenFiles,
}

/// One line of a job's history. Journaled as JSON: names and fields are kept stable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Log {
    /// A session was opened.
    Started {
        /// Parts.
        parts: u32,
    },
    /// Going on with an open session.
    Resumed {
        /// Parts confirmed before.
        confirmed: u32,
        /// Parts in all.
        parts: u32,
    },
    /// A part is being sent again.
    PartAgain {
        /// Which.
        part: u32,
        /// Why, in a word or two of Details.
        why: String,
        /// What kind of trouble it was.
        how: Again,
    },
    /// The network, or the way to the destination, went away.
    NetworkLost,
    /// A web page came in place of the service's answer.
    Page,
    /// It is back.
    NetworkBack,
    /// The service does not answer properly; the job waits.
    PutOff {
        /// For how long, seconds.
        seconds: u64,
    },
    /// This computer lets Partway open no more files and connections; the job waits.
    OpenFiles {
        /// For how long, seconds.
        seconds: u64,
    },
    /// The service asked to be left alone.
    Throttled {
        /// For how long, seconds.
        seconds: u64,
    },
    /// So much was sent in vain within an hour that nothing more is sent in it.
    InVain {
        /// Bytes of this hour.
        bytes: u64,
        /// How long the hour still lasts, seconds.
        seconds: u64,
        /// What came back the last time.
        why: String,
    },
    /// The links expired and were renewed.
    LinksRenewed,
    /// The session is over; a new one begins and everything goes again.
    SessionLost {
        /// Bytes that had been confirmed.
        bytes: u64,
        /// Whether it ran out of time (else: the service no longer knew it).
        expired: bool,
    },
    /// The links may run out before the file is through.
    ShortLife {
        /// What the file needs at the present speed, seconds.
        needs_seconds: u64,
        /// What the session still lives, seconds.
        lives_seconds: u64,
    },
    /// The file's content was not on this computer when it was taken in: reading it fetches it.
    Elsewhere {
        /// The file's size, bytes.
        bytes: u64,
    },
    /// The file's folder is not there; the job goes on when it is back.
    SourceAway,
    /// The file's drive does not answer; the job goes on when it does.
    DriveSilent,
    /// The file's content is kept elsewhere and still being fetched; the job goes on when it is here.
    Fetching,
    /// The file could not be read; it is tried again.
    Unread {
        /// Why, as the end of a sentence.
        why: String,
        /// After how long, seconds.
        seconds: u64,
    },
    /// The file is not the one of before; confirmed parts were read again and compared.
    SourceCompared {
        /// Parts that are still right.
        same: u32,
        /// Parts that differ and go again.
        differ: u32,
    },
    /// The vendor misses parts that it had taken; they go again.
    PartsMissing {
        /// How many.
        parts: u32,
    },
    /// The file has another size than the vendor was told; all goes again in a new session.
    SourceReplaced {
        /// Bytes that had been confirmed.
        bytes: u64,
    },
    /// All is sent and the answer to *complete* never came: asked again.
    CompleteUnanswered,
    /// All is sent and the answer to *complete* has not the shape that it should have: asked again.
    CompleteUnclear {
        /// Which field of it was expected, and what stood there.
        expected: String,
    },
    /// The vendor confirmed and everything compared is equal.
    Verified,
    /// The vendor confirmed.
    Uploaded,
    /// The vendor has the file in its size, under a mark that is neither its checksum nor the one that the vendor gave it.
    Unproved,
    /// The vendor answered a second *complete* with "unknown": all that can be known says that it arrived.
    Presumed,
    /// The vendor confirmed, and did not find the file when it was asked for it.
    NotFound,
    /// The vendor confirmed, and could not be asked about the file afterwards.
    NotLookedUp {
        /// Why, in the vendor's words or the network's.
        why: String,
    },
    /// The storage is known to replace what is there without asking: what came there in the last moment would not have been kept.
    CouldReplace,
    /// The user said that it arrived.
    MarkedArrived,
    /// Needs a person.
    Attention,
    /// Paused by the user.
    Paused,
    /// Going on after a pause.
    GoingOn,
    /// The destination has something of its name, which was left as it was: given up.
    Skipped,
    /// Given up.
    Cancelled,
    /// The vendor cannot throw the session away, or did not; it ends by itself.
    LeftBehind {
        /// When, Unix seconds.
        until: Option<u64>,
    },
}
