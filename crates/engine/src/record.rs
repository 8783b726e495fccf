//! What the journal holds, as plain values.

use std::fmt;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use partway_core::{FileIdentity, FileReceipt, Holds, PartPlan, State};
use partway_provider::{Fields, FileHash};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An id that sorts by the moment at which it was made. Of a moment before 1970, which such ids cannot hold, all are as old.
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
            /// A new id; ids sort by the moment they were made.
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
    /// Names a job.
    JobId
}
id! {
    /// Names a batch.
    BatchId
}
id! {
    /// Names a destination.
    DestinationId
}

id! {
    /// Names a watched folder.
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
    /// Not at hand.
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

/// Whether a storage keeps what is there from being replaced where that is asked for: as it was seen. `None`: nothing was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Keeps {
    /// By a file that goes with one PUT.
    pub one_put: Option<bool>,
    /// By a file that goes in parts.
    pub parts: Option<bool>,
}

impl Keeps {
    /// With what was seen since.
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
    /// Which provider, by its name; opaque to the engine.
    pub kind: String,
    /// The provider's settings as JSON; opaque to the engine, without a key.
    pub settings: String,
    /// Defaults for its files.
    pub fields: Fields,
    /// Where its key is, as JSON; opaque to the engine, never the key.
    pub key_source: String,
    /// What is known of its key.
    pub standing: Standing,
    /// Whether its storage keeps what is there from being replaced.
    pub keeps: Keeps,
    /// Removed: kept for the names of old jobs.
    pub removed: bool,
}

/// What one gesture added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// Where it goes.
    pub destination: DestinationId,
    /// The folder chosen for it.
    pub folder: Option<String>,
    /// What was named and could not be taken in.
    pub left_out: Vec<LeftOut>,
    /// When it was made, Unix milliseconds.
    pub created_at: i64,
    /// When its countdown ends; `None`: it has started, or its panel keeps it.
    pub starts_at: Option<i64>,
    /// When its last job ended.
    pub finished_at: Option<i64>,
}

/// Something that was named and could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The path, for reading.
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
    /// What can be read of it is not as long as the system says that it is, bytes.
    NotItsSize(u64),
    /// A link to a folder that was found in a folder.
    LinkToFolder,
    /// A link that leads nowhere.
    DeadLink,
    /// It cannot be read; the system's words.
    Unreadable(String),
    /// Its drive does not answer.
    DriveSilent,
    /// A folder without files.
    EmptyFolder,
    /// `.DS_Store` and the like.
    Ignored,
    /// Partway's own data folder, or in it.
    OwnData,
    /// Larger than the destination takes, bytes.
    TooLarge(u64),
}

/// One file on its way to one destination.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The batch it came with.
    pub batch: BatchId,
    /// Where it goes.
    pub destination: DestinationId,
    /// Its place in the queue; smaller goes first.
    pub position: i64,
    /// The file.
    pub path: PathBuf,
    /// The name it shall have there.
    pub name: String,
    /// What tells whether it is still the same file.
    pub identity: FileIdentity,
    /// The folders between the one that was dropped (with it) and the file; may be empty.
    pub folders: String,
    /// MIME type.
    pub mime: String,
    /// The hash of its bytes, once it was computed for a vendor that wants one; of the file as `identity` tells it.
    pub hash: Option<FileHash>,
    /// Folder, tags and the like.
    pub fields: Fields,
    /// Where it is.
    pub state: State,
    /// Why it waits.
    pub holds: Holds,
    /// Words for Details.
    pub detail: Option<String>,
    /// How it divides, once that is known.
    pub plan: Option<PartPlan>,
    /// Bytes confirmed.
    pub confirmed: u64,
    /// Parts confirmed.
    pub parts_confirmed: u32,
    /// How many of its sessions expired or were lost.
    pub sessions_ended: u32,
    /// Given up because the destination has something of its name, and that was left as it was.
    pub skipped: bool,
    /// What came back for the whole.
    pub receipt: Option<FileReceipt>,
    /// `hex(md5(md5₁‖md5₂‖…))-N` of the bytes as they were read.
    pub checksum: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When its first session began.
    pub started_at: Option<i64>,
    /// When it came to an end.
    pub finished_at: Option<i64>,
}
