//! The journal's contents, as plain values.

use std::fmt;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use partway_core::{FileIdentity, FileReceipt, Holds, PartPlan, State};
use partway_provider::{Fields, FileHash};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A time-ordered id. Such ids cannot represent times before 1970, so all of those count as equally old.
#[expect(
    clippy::disallowed_methods,
    reason = "an id is made where no clock is handed in, and is only ever compared"
)]
fn by_time() -> Uuid {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(_) => Uuid::now_v7(),
        Err(_) => Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, 0, 0)),
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl $name {
            /// Creates an id; ids sort by creation time.
            #[must_use]
            pub fn new() -> Self {
                Self(by_time().to_string())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    };
}

id! {
    /// Identifies a job.
    JobId
}
id! {
    /// Identifies a batch.
    BatchId
}
id! {
    /// Identifies a destination.
    DestinationId
}

id! {
    /// Identifies a watched folder.
    WatchedId
}

/// What is known of a destination's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not used yet.
    Unknown,
    /// Accepted the last time it was used.
    Good,
    /// Refused the last time it was used.
    Refused,
    /// Unavailable.
    Missing,
}

impl Standing {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Good => "good",
            Self::Refused => "refused",
            Self::Missing => "missing",
        }
    }

    pub(crate) fn from_name(name: &str) -> Self {
        [Self::Good, Self::Refused, Self::Missing]
            .into_iter()
            .find(|s| s.name() == name)
            .unwrap_or(Self::Unknown)
    }
}

/// Whether a storage honors the condition against replacing existing files, as observed. `None`: not
/// observed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Keeps {
    /// For a file sent in one PUT.
    pub one_put: Option<bool>,
    /// For a file sent in parts.
    pub parts: Option<bool>,
}

impl Keeps {
    /// Merges later observations.
    #[must_use]
    pub fn and(self, seen: Self) -> Self {
        Self { one_put: seen.one_put.or(self.one_put), parts: seen.parts.or(self.parts) }
    }
}

/// A named account at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its id.
    pub id: DestinationId,
    /// The user's name for it.
    pub name: String,
    /// The provider's name; opaque to the engine.
    pub kind: String,
    /// The provider's settings as JSON; opaque to the engine, without a key.
    pub settings: String,
    /// Defaults for its files.
    pub fields: Fields,
    /// Where its key is stored, as JSON; opaque to the engine, never the key itself.
    pub key_source: String,
    /// What is known of its key.
    pub standing: Standing,
    /// Whether its storage protects existing files from being replaced.
    pub keeps: Keeps,
    /// Removed, but kept for the names of old jobs.
    pub removed: bool,
}

/// What one gesture added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// Where it is sent.
    pub destination: DestinationId,
    /// The folder chosen for it.
    pub folder: Option<String>,
    /// What was named but could not be taken in.
    pub left_out: Vec<LeftOut>,
    /// When it was created, Unix milliseconds.
    pub created_at: i64,
    /// When its countdown ends; `None` if it has started or its open panel holds it.
    pub starts_at: Option<i64>,
    /// When its last job ended.
    pub finished_at: Option<i64>,
}

/// Something that was named but could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The path, for display.
    pub path: String,
    /// Why.
    pub why: WhyLeftOut,
}

/// Why a path was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyLeftOut {
    /// There is nothing at that path.
    Missing,
    /// A pipe, a device or a socket.
    NotAFile,
    /// The readable length differs from the size that the system reports, in bytes.
    NotItsSize(u64),
    /// A link to a folder, found inside a folder.
    LinkToFolder,
    /// A dangling link.
    DeadLink,
    /// Unreadable; the system's words.
    Unreadable(String),
    /// Its drive does not answer.
    DriveSilent,
    /// A folder without files.
    EmptyFolder,
    /// `.DS_Store` and the like.
    Ignored,
    /// Partway's own data folder, or something in it.
    OwnData,
    /// Exceeds the destination's limit, in bytes.
    TooLarge(u64),
}

/// One file on its way to one destination.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The batch it came with.
    pub batch: BatchId,
    /// Where it is sent.
    pub destination: DestinationId,
    /// Its place in the queue; lowest first.
    pub position: i64,
    /// The file.
    pub path: PathBuf,
    /// Its name at the destination.
    pub name: String,
    /// Identifies this version of the file.
    pub identity: FileIdentity,
    /// The folders from the dropped one (inclusive) down to the file; may be empty.
    pub folders: String,
    /// MIME type.
    pub mime: String,
    /// The content's hash, once computed for a vendor that wants one; of the file with this `identity`.
    pub hash: Option<FileHash>,
    /// Folder, tags and the like.
    pub fields: Fields,
    /// Its state.
    pub state: State,
    /// Why it is waiting.
    pub holds: Holds,
    /// Text for Details.
    pub detail: Option<String>,
    /// How it is divided into parts, once known.
    pub plan: Option<PartPlan>,
    /// Confirmed bytes.
    pub confirmed: u64,
    /// Confirmed parts.
    pub parts_confirmed: u32,
    /// How many of its sessions expired or were lost.
    pub sessions_ended: u32,
    /// Cancelled because the destination has a file of that name, which was kept.
    pub skipped: bool,
    /// What came back for the whole file.
    pub receipt: Option<FileReceipt>,
    /// `hex(md5(md5₁‖md5₂‖…))-N` of the content as it was read.
    pub checksum: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When its first session started.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
}
