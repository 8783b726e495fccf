//! Watched folders as plain values: what is watched, and the status of a file in one.

use std::path::PathBuf;

use partway_core::FileIdentity;
use partway_provider::Fields;

use crate::record::{DestinationId, JobId, WatchedId};

/// A folder whose new files are sent to a destination automatically.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Its id.
    pub id: WatchedId,
    /// Where it is.
    pub path: PathBuf,
    /// Where its files are sent.
    pub destination: DestinationId,
    /// Fields set for them; unset ones use the destination's defaults.
    pub fields: Fields,
    /// Where verified files are moved; `None` leaves them in place.
    pub done: Option<PathBuf>,
    /// Whether it is currently watched.
    pub watching: bool,
    /// Whether the files that were already there, which are not to be sent, have been recorded.
    pub begun: bool,
}

/// A file of a watched folder at the time of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its identity at that time.
    pub identity: FileIdentity,
    /// When the file was created, nanoseconds since the Unix epoch modulo 2⁶⁴
    /// ([`FileTime`](partway_core::FileTime)); `None` if its file system does not report it. It survives
    /// renames and writes, and differs for another file, even one that reuses a deleted file's number.
    pub born_ns: Option<i64>,
}

/// Identifies the content of a file that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// `hex(md5(md5₁‖md5₂‖…))-N` over its parts.
    pub checksum: String,
    /// Part size in bytes.
    pub part_size: u64,
}

/// The status of a file seen in a watched folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Unknown in its current form: it is sent once it is stable.
    New,
    /// It was sent, was cancelled, or was there before: nothing to do until it changes.
    Settled,
    /// Settled, but its creation or change time still has to be recorded: it was not known, or another file
    /// may have taken its place while it was sent.
    Dateless,
    /// It was sent, and only its change time has moved since: it is new if its content no longer matches.
    Touched(Sum),
    /// Its job has not ended.
    Open,
    /// Its job needs attention because the file was changed or missing: it continues once the file is
    /// stable.
    Again(JobId),
    /// Settled under another name. If that one is gone it was renamed; otherwise the file has two names.
    Renamed {
        /// That name, relative to the folder.
        from: PathBuf,
        /// Whether it was already moved to where verified files go.
        moved: bool,
    },
}
