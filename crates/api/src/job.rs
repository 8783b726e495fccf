//! Jobs as a front end sees them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{FieldsDraft, HoldName};

/// Where a job is. Every value is listed in docs/states.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum StateName {
    /// In the queue.
    Waiting,
    /// The file is looked at.
    Checking,
    /// Parts go.
    Uploading,
    /// All sent, not yet confirmed as a whole.
    Finishing,
    /// The vendor confirmed, nothing could be compared.
    Uploaded,
    /// Confirmed and compared.
    Verified,
    /// Needs a person.
    NeedsAttention,
    /// Being given up.
    Cancelling,
    /// Given up.
    Cancelled,
}

/// What can be done with a job now, in the order in which buttons and menu show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Pause.
    Pause,
    /// Go on.
    Resume,
    /// Wait no longer for the last parts of a pause.
    StopNow,
    /// Try again.
    Retry,
    /// Copy the finished file's address.
    CopyLink,
    /// Give the destination another key.
    ReplaceKey,
    /// Replace what has its name at the destination.
    Overwrite,
    /// Keep both: send it under a free name.
    KeepBoth,
    /// Leave what has its name as it is and do not send it.
    Skip,
    /// Say that it arrived.
    MarkArrived,
    /// Send it again from the start.
    SendAgain,
    /// Show the local file.
    ShowFile,
    /// Stop and discard.
    Cancel,
    /// Take it out of the list.
    Remove,
}

/// One row of the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JobRow {
    /// The job's id.
    pub id: String,
    /// The batch it came with.
    pub batch: String,
    /// The file's name, whole; the window cuts it in the middle.
    pub name: String,
    /// The full path, for tooltip and details only.
    pub path: String,
    /// "MOV": the type, at most four letters, or empty.
    pub kind: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// The destination's name, always shown.
    pub destination: String,
    /// Whether that is *Practice*.
    pub practice: bool,
    /// Where it is.
    pub state: StateName,
    /// Why it waits.
    pub holds: Vec<HoldName>,
    /// The state in words: "Uploading", "Paused", "Waiting for the key", "Verified", "Practice finished".
    pub label: String,
    /// The short line under it: "next", "assembling 212 parts", "17.6 GB kept until 15:00", "14:02". Empty while uploading: the window
    /// writes speed and time left from the numbers.
    pub sub: String,
    /// The sentence for a second line, where it needs attention or is slow.
    pub sentence: Option<String>,
    /// Bytes the storage said yes to and the journal has.
    #[ts(type = "number")]
    pub confirmed: u64,
    /// Bytes taken by the network, not confirmed.
    #[ts(type = "number")]
    pub on_the_way: u64,
    /// Bytes a second over the last seconds.
    #[ts(type = "number")]
    pub speed: u64,
    /// Seconds left, where they can be told.
    #[ts(type = "number | null")]
    pub seconds_left: Option<u64>,
    /// Number of parts, 0 before the plan is there.
    pub parts: u32,
    /// At most 256 characters, one a share: `.` not sent, `0`–`9` on the way (tenths taken), `d` confirmed, `r` being sent again, `x` did not
    /// go. With more parts than 256 a digit is the confirmed tenths of that share.
    pub ribbon: String,
    /// What can be done.
    pub actions: Vec<Action>,
}

/// A named fact in the details ("Checksums", "match, 61 of 61").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// One line of what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogLine {
    /// Unix milliseconds.
    #[ts(type = "number")]
    pub at: i64,
    /// The sentence.
    pub text: String,
}

/// The selected job in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JobDetail {
    /// Its row.
    pub row: JobRow,
    /// "Acme media, uploads/videos".
    pub to: String,
    /// Its MIME type.
    pub mime: String,
    /// What is set for it.
    pub fields: FieldsDraft,
    /// Which of them its destination takes, by their names.
    pub file_fields: Vec<String>,
    /// Whether type and fields can still be changed: nothing of it was sent yet.
    pub editable: bool,
    /// Every part, one character each, as in [`JobRow::ribbon`].
    pub grid: String,
    /// Bytes of every part but the last.
    #[ts(type = "number")]
    pub part_size: u64,
    /// Parts confirmed.
    pub parts_confirmed: u32,
    /// Parts on the way.
    pub parts_on_the_way: u32,
    /// Session, checksums, tags and the like.
    pub facts: Vec<Fact>,
    /// What happened, newest first, at most 50 lines.
    pub log: Vec<LogLine>,
    /// Code, request id and time, for Details with Copy.
    pub technical: Option<String>,
    /// Whether the user may not cancel any more, as a sentence ("All data was sent …").
    pub discard_note: Option<String>,
}
