//! What `--json` prints while files go: one object a line, each with `event`.

use serde::{Deserialize, Serialize};

use crate::{HoldName, StateName};

/// How a file ended, in the words outside programs rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FinishedState {
    /// At the destination, every byte compared.
    Verified,
    /// The vendor confirmed; nothing could be compared.
    Uploaded,
    /// Needs a person.
    NeedsAttention,
    /// Given up.
    Cancelled,
}

/// What came back for the whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptView {
    /// The vendor's id.
    pub id: Option<String>,
    /// The vendor's name for it.
    pub name: Option<String>,
    /// Its address.
    pub link: Option<String>,
    /// Bytes.
    pub size: u64,
    /// `hex(md5(md5₁‖md5₂‖…))-N` over the parts as they were read; of a file that a storage took with one PUT the MD5 itself.
    pub checksum: Option<String>,
    /// Parts.
    pub parts: u32,
    /// Unix milliseconds.
    pub finished_at: i64,
}

/// One thing that happened to a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A file was taken in.
    Added {
        /// The job.
        id: String,
        /// The path as it was named.
        file: String,
        /// Bytes.
        size: u64,
        /// The destination's name.
        destination: String,
    },
    /// A job changed its state or holds.
    State {
        /// The job.
        id: String,
        /// Its path.
        file: String,
        /// Where it is.
        state: StateName,
        /// Why it waits.
        holds: Vec<HoldName>,
        /// The sentence, where there is one.
        reason: Option<String>,
    },
    /// A session was opened.
    Started {
        /// The job.
        id: String,
        /// Its path.
        file: String,
        /// Parts.
        parts: u32,
        /// Bytes of every part but the last.
        part_size: u64,
        /// Whether confirmed parts of before count.
        resumed: u32,
    },
    /// A part is confirmed: the storage said yes and the receipt is in the journal.
    Part {
        /// The job.
        id: String,
        /// Its path.
        file: String,
        /// The part's number.
        part: u32,
        /// Bytes confirmed of the file.
        confirmed: u64,
        /// Bytes of the file.
        size: u64,
    },
    /// A sentence about what happened ("part 62 is being sent again").
    Note {
        /// The job.
        id: String,
        /// Its path.
        file: String,
        /// The sentence.
        text: String,
    },
    /// Nothing can be written down, so that everything waits; or (`None`) it can be again.
    Trouble {
        /// The sentence.
        text: Option<String>,
    },
    /// How things stand, at most once a second.
    Progress {
        /// The job.
        id: String,
        /// Its path.
        file: String,
        /// Bytes confirmed.
        confirmed: u64,
        /// Bytes on the way.
        on_the_way: u64,
        /// Bytes of the file.
        size: u64,
        /// Bytes a second.
        speed: u64,
        /// Seconds left.
        seconds_left: Option<u64>,
    },
    /// A file came to its end, as far as this command is concerned.
    Finished {
        /// The job; `None` where the path never became one.
        id: Option<String>,
        /// Its path.
        file: String,
        /// How.
        state: FinishedState,
        /// What came back.
        receipt: Option<ReceiptView>,
        /// The sentence, where it is not simply there.
        reason: Option<String>,
        /// Whether a destination refused (exit code 3).
        refused: bool,
        /// Whether it was skipped, because its name was taken and that was to be done then.
        #[serde(default)]
        skipped: bool,
    },
    /// A batch came to its end.
    BatchFinished {
        /// The batch.
        id: String,
        /// The destination's name.
        destination: String,
        /// Files in it.
        files: u32,
        /// Verified.
        verified: u32,
        /// Uploaded, not verified.
        uploaded: u32,
        /// Not sent.
        left: u32,
        /// Seconds it took.
        seconds: u64,
        /// Whether it went to *Practice*.
        practice: bool,
    },
}
