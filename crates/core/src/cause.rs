//! Why a job needs a person, as data; `app` puts it into words.

use serde::{Deserialize, Serialize};

/// One cause. Journaled as JSON, so names and fields must stay stable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// The destination does not accept this key (401).
    KeyRefused,
    /// No key for this destination was found.
    KeyMissing {
        /// Where it was looked for, as the end of a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        looked: Option<String>,
    },
    /// There may be a key for this destination, but it could not be read from where it is kept.
    KeyUnread {
        /// Why, and what to do, as a sentence for the user.
        said: String,
    },
    /// The key has a form that cannot be used, so no request was sent with it.
    KeyUnusable {
        /// What is wrong with it, and what to do, as a sentence for the user.
        said: String,
    },
    /// The key is valid but lacks permission (403).
    PermissionRefused,
    /// Something other than the destination blocked the request: a firewall, a proxy, a gateway in front of
    /// it.
    Blocked {
        /// What blocked it, and what to do, as the end of a sentence.
        what: String,
    },
    /// This computer lets Partway open no more files and connections; it passes by itself.
    OpenFiles,
    /// The account is full or unpaid (402, quota).
    QuotaRefused,
    /// The file is larger than the destination accepts.
    TooLarge {
        /// The largest file it accepts, bytes; `None` if it did not say.
        limit: Option<u64>,
    },
    /// The destination does not accept files of this type.
    TypeRefused {
        /// The MIME type that was offered.
        mime: String,
    },
    /// The name is taken at the destination, and nothing says what to do then.
    NameTaken {
        /// The name at the destination.
        name: String,
    },
    /// Another queued file, or one of the same batch that was sent before, goes to the same name: which of
    /// them the destination has is not known.
    NameShared {
        /// The other file: its name and that of its folder.
        with: String,
    },
    /// The destination said no for another reason, in its own words.
    Refused {
        /// The vendor's words, redacted.
        said: String,
    },
    /// An answer that cannot be understood: HTML, truncated JSON, impossible sizes.
    BrokenReply {
        /// What was wrong with it.
        what: String,
    },
    /// The part URLs it gave can never work.
    LinksUnusable {
        /// Which header or rule.
        what: String,
    },
    /// Two sessions expired before the upload finished.
    SessionsExpired {
        /// How long the last session lived, seconds.
        lived_seconds: u64,
        /// What the whole file would have needed at the measured speed, seconds.
        needed_seconds: u64,
    },
    /// The storage repeatedly received other bytes than were read.
    ChecksumDiffers {
        /// The part that differed.
        part: u32,
        /// How many other parts of this file had a matching checksum.
        #[serde(default)]
        matched: u32,
    },
    /// All parts are sent; the provider never confirmed and can no longer be asked.
    NeverConfirmed,
    /// A start that must not be repeated was sent, and no answer says whether it opened a session.
    PerhapsBegun {
        /// What came instead of a clear answer.
        what: String,
    },
    /// Transient errors that did not pass.
    KeepsFailing {
        /// The last error.
        what: String,
    },
    /// Too much was sent in vain; nothing more is sent without the user.
    SentInVain(Box<SentInVain>),
    /// This computer's clock is off by this many seconds.
    ClockWrong {
        /// Positive if the server is ahead.
        ahead_seconds: i64,
    },
    /// The file no longer exists.
    SourceMissing,
    /// The file cannot be read.
    SourceUnreadable {
        /// The system's words.
        why: String,
    },
    /// The file is not the one that was planned.
    SourceChanged,
    /// Neither a file nor a folder: a pipe, a device, a socket.
    NotAFile,
    /// The readable content is not as long as the system reports.
    NotItsSize {
        /// The size the system reports, bytes.
        told: u64,
    },
    /// The server's certificate cannot be trusted.
    CertificateRefused {
        /// What is wrong with it.
        what: String,
    },
}

/// What was sent in vain, in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentInVain {
    /// How many times something of the file was sent in vain.
    pub times: u32,
    /// Bytes sent in vain.
    pub bytes: u64,
    /// The last answer.
    pub said: String,
}
