//! What goes over the data folder's socket, one JSON object a line in each direction.

use base64::Engine as _;
use serde::{Deserialize, Serialize};

use crate::{ApiError, Command, Done, Event, FieldsDraft, HoldName, LentKey, Look, StateName, Tick};

/// A path as the system gave it, not necessarily UTF-8: base64 of its bytes (Unix) or of its UTF-16 (Windows).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawPath(String);

impl RawPath {
    /// From the system's bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(base64::engine::general_purpose::STANDARD.encode(bytes))
    }

    /// The system's bytes; `None` where the text is no base64.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        base64::engine::general_purpose::STANDARD.decode(&self.0).ok()
    }
}

/// What only a Rust front end on the data folder may ask for: it may name paths.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Request {
    /// A command as the window has it.
    Command {
        /// Which.
        command: Command,
    },
    /// Take in files and folders.
    Add {
        /// The absolute paths.
        paths: Vec<RawPath>,
        /// Name or id of the destination; `None`: the chosen one.
        destination: Option<String>,
        /// Whether the batch waits its countdown.
        countdown: bool,
        /// The id that the batch shall have, made by whoever asks: asked again with the same one, nothing is taken in twice, and
        /// the answer is the same. `None`: the engine makes one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch: Option<String>,
        /// What is set for these files; what is not set here is as the destination has it.
        #[serde(default)]
        fields: FieldsDraft,
        /// Their type, where it is not to be told by name and content.
        #[serde(default)]
        mime: Option<String>,
    },
    /// Every job.
    List,
    /// Take up all that is unfinished: lift what a person had to (needs-attention is tried again).
    TakeUp {
        /// When the asking began, Unix milliseconds: what came to need attention since then is not tried again, because nobody has
        /// read yet why it does. `None`: everything is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<i64>,
    },
    /// A key for one destination, or for all without one, until the process ends.
    LendKey {
        /// The destination's name; `None`: every destination that has no other.
        destination: Option<String>,
        /// The key.
        key: LentKey,
    },
    /// Send [`ToFront::Event`]s from now on.
    Follow,
    /// Send [`ToFront::Tick`]s for this look from now on (replaces an earlier look).
    Look {
        /// What.
        look: Look,
    },
    /// Watch a folder; the answer is all that are watched.
    AddWatched {
        /// The absolute path.
        path: RawPath,
        /// Name or id of the destination; `None`: the chosen one.
        destination: Option<String>,
        /// The absolute path of the folder that verified files are moved to; `None`: they stay.
        done: Option<RawPath>,
        /// What is set for its files.
        #[serde(default)]
        fields: FieldsDraft,
        /// Whether the files that lie there already go, too.
        #[serde(default)]
        existing: bool,
    },
    /// Move the verified files of a watched folder there; the answer is all that are watched.
    MoveWatched {
        /// The watched folder.
        id: String,
        /// The absolute path.
        done: RawPath,
    },
    /// Where a job's file lies: its path as the system has it, which what is shown of it may not be.
    FileOf {
        /// The job, by its id or an unambiguous beginning or end of it.
        job: String,
    },
    /// Watch the watched folders from now on, where the holder does not already.
    Watch,
    /// Answered at once, whatever else is being done: a sign that somebody is there. One who does not know it refuses it, which is as good.
    Ping,
    /// Bring the window forward, where the process has one.
    Show,
    /// Tell something in the window, where the process has one: whoever asks may have nobody who reads what it writes.
    Tell {
        /// What.
        what: ApiError,
    },
}

/// One job as `partwayctl list --json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobLine {
    /// The job.
    pub id: String,
    /// Its path.
    pub file: String,
    /// The destination's name.
    pub destination: String,
    /// Where it is.
    pub state: StateName,
    /// Why it waits.
    pub holds: Vec<HoldName>,
    /// Bytes.
    pub size: u64,
    /// Bytes confirmed.
    pub confirmed: u64,
    /// Parts, 0 before the plan is there.
    pub parts: u32,
    /// Parts confirmed.
    pub parts_confirmed: u32,
    /// The sentence, where there is one.
    pub reason: Option<String>,
    /// Whether the destination refused it (the command line's exit code 3).
    #[serde(default)]
    pub refused: bool,
    /// Whether it was skipped, because its name was taken and that was to be done then.
    #[serde(default)]
    pub skipped: bool,
    /// What came back, where it is finished.
    pub receipt: Option<crate::ReceiptView>,
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// To a command.
    Done {
        /// What.
        done: Done,
    },
    /// To `Add`: what became of each path.
    Added {
        /// The batch; `None` where nothing could be taken in.
        batch: Option<String>,
        /// The jobs, in order.
        jobs: Vec<JobLine>,
        /// What could not be taken in: path and sentence.
        left_out: Vec<(String, String)>,
        /// The sentence about files whose content is not on this computer yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        elsewhere: Option<String>,
    },
    /// To `Add` with a countdown, where there is no destination yet: they are kept until there is one.
    Kept {
        /// So many of the named.
        kept: usize,
        /// What will never go: path and sentence.
        left_out: Vec<(String, String)>,
    },
    /// To `List` and `TakeUp`.
    Jobs {
        /// Every job, or those taken up.
        jobs: Vec<JobLine>,
        /// The sentence about a journal that could not be read: what it held is not among these jobs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        set_aside: Option<String>,
    },
    /// To `FileOf`.
    File {
        /// The absolute path.
        path: RawPath,
    },
    /// To the rest.
    Ok,
}

/// A line from a front end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FromFront {
    /// Chosen by the front end, repeated in the answer.
    pub id: u64,
    /// What.
    pub request: Request,
}

/// A line to a front end.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum ToFront {
    /// An answer.
    Answer {
        /// Of which request.
        id: u64,
        /// What came of it.
        result: Result<Answer, ApiError>,
    },
    /// After `Follow`.
    Event {
        /// What happened.
        event: Event,
    },
    /// After `Look`.
    Tick {
        /// What changed.
        tick: Box<Tick>,
    },
    /// Events were dropped because the front end read too slowly: ask `List` to catch up.
    Lagged,
}
