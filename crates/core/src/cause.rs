//! Why a job needs a person, as data; `app` puts it into words.

use serde::{Deserialize, Serialize};

/// One cause. Journaled as JSON, so names and fields are kept stable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// The destination does not accept this key (401).
    KeyRefused,
    /// There is no key for this destination at hand.
    KeyMissing {
        /// Where it was looked for, as the end of a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        looked: Option<String>,
    },
    /// There may be a key for this destination, and it could not be read where it is kept.
    KeyUnread {
        /// Why, and what to do, as a sentence for people.
        said: String,
    },
    /// The key that is at hand has a form that cannot be used, so nobody was asked with it.
    KeyUnusable {
        /// What is wrong with it, and what to do, as a sentence for people.
        said: String,
    },
    /// The key is good but may not do this (403).
    PermissionRefused,
    /// Something that is not the destination itself did not let it through: a firewall, a proxy, a gateway in front of it.
    Blocked {
        /// What stood in the way, and what to do, as the end of a sentence.
        what: String,
    },
    /// This computer lets Partway open no more files and connections; it passes by itself.
    OpenFiles,
    /// The account is full or unpaid (402, quota).
    QuotaRefused,
    /// The file is larger than the destination takes.
    TooLarge {
        /// The largest file it takes, bytes; `None` where it did not say.
        limit: Option<u64>,
    },
    /// The destination does not take files of this type.
    TypeRefused {
        /// The MIME type that was offered.
        mime: String,
    },
    /// There is something of this name already, and nobody said what then.
    NameTaken {
        /// The name at the destination.
        name: String,
    },
    /// Another file of the list goes, or within its batch went, to the name of this one: what the destination has of it is not known.
    NameShared {
        /// The other file: its name and that of the folder it lies in.
        with: String,
    },
    /// The destination said no for another reason, in its own words.
    Refused {
        /// The vendor's words, redacted.
        said: String,
    },
    /// An answer that cannot be understood: HTML, cut JSON, impossible sizes.
    BrokenReply {
        /// What was wrong with it.
        what: String,
    },
    /// The links it gave can never work.
    LinksUnusable {
        /// Which header or rule.
        what: String,
    },
    /// Two sessions ran out before the file was through.
    SessionsExpired {
        /// How long the last session lived, seconds.
        lived_seconds: u64,
        /// What the whole file would have needed at the measured speed, seconds.
        needed_seconds: u64,
    },
    /// The storage keeps receiving other bytes than were read.
    ChecksumDiffers {
        /// The part that differed.
        part: u32,
        /// How many other parts of this file had a checksum that was right.
        #[serde(default)]
        matched: u32,
    },
    /// All is sent; the vendor never confirmed and cannot be asked any more.
    NeverConfirmed,
    /// A start that may not be repeated was sent, and no answer says whether it began something.
    PerhapsBegun {
        /// What came instead of a clear answer.
        what: String,
    },
    /// Passing errors that did not pass.
    KeepsFailing {
        /// The last thing that happened.
        what: String,
    },
    /// So much was sent in vain that nothing more is sent by itself.
    SentInVain(Box<SentInVain>),
    /// This computer's clock is wrong by that many seconds.
    ClockWrong {
        /// Positive where the server is ahead.
        ahead_seconds: i64,
    },
    /// The file is not there any more.
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
    /// What can be read of the file is not as long as the system says that it is.
    NotItsSize {
        /// What the system says, bytes.
        told: u64,
    },
    /// The certificate of the server cannot be trusted.
    CertificateRefused {
        /// What is wrong with it.
        what: String,
    },
}

/// What was sent in vain, in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentInVain {
    /// How often something of the file went in vain.
    pub times: u32,
    /// Bytes that went so.
    pub bytes: u64,
    /// What came back the last time.
    pub said: String,
}
