//! Watched folders as plain values: what is watched, and how a file of one stands.

use std::path::PathBuf;

use partway_core::FileIdentity;
use partway_provider::Fields;

use crate::record::{DestinationId, JobId, WatchedId};

/// A folder whose new files go to a destination by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Its id.
    pub id: WatchedId,
    /// Where it is.
    pub path: PathBuf,
    /// Where its files go.
    pub destination: DestinationId,
    /// What is set for them; where something is not set, it is as the destination has it.
    pub fields: Fields,
    /// Where verified files are moved; `None`: they stay.
    pub done: Option<PathBuf>,
    /// Whether it is watched at present.
    pub watching: bool,
    /// Whether the files that lay there and are not meant were noted.
    pub begun: bool,
}

/// A file of a watched folder as it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// What it was then.
    pub identity: FileIdentity,
    /// When the file itself was made, nanoseconds since the Unix epoch modulo 2⁶⁴ ([`FileTime`](partway_core::FileTime)); `None` where its
    /// file system does not tell. It is kept under another name and while the file is written, and it is another one for another file,
    /// also where that has got the number of one that was deleted.
    pub born_ns: Option<i64>,
}

/// What the bytes of a file that went are known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// `hex(md5(md5₁‖md5₂‖…))-N` over its parts.
    pub checksum: String,
    /// Bytes of a part.
    pub part_size: u64,
}

/// How a file that was seen in a watched folder stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Not known as it is now: it goes once it is still.
    New,
    /// It went, was given up, or lay there before: nothing is to be done until it changes.
    Settled,
    /// The same, and when the file was made or last changed is to be noted still: it was not asked, or another one may have taken its
    /// place as it went.
    Dateless,
    /// It went, and only the time of its last change moved since: it is new where its bytes are not these any more.
    Touched(Sum),
    /// Its job has not ended.
    Open,
    /// Its job waits for a person because the file was changed or away: it goes on once the file is still.
    Again(JobId),
    /// Settled under another name. Where that one is there no more it was renamed; else the file has two names.
    Renamed {
        /// The name, below the folder.
        from: PathBuf,
        /// Whether it was moved from there to where verified files go.
        moved: bool,
    },
}
