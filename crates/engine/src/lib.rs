//! Journal, scheduler, transfer, recovery, progress: everything that moves a file, without knowing a vendor or a front end.
//!
//! The way of one file, with no step back: `intake → journal → scheduler (permit) → provider.start → part targets → transfer
//! (read, hash, PUT) → receipt → journal → provider.complete → verify → journal`. Each arrow is a file of this crate.
//!
//! Floors, lowest first: `journal` the record; `state` what everything that runs shares, and the steps that change a job; `run` one job's time
//! with a permit; `schedule` which job gets one; `engine` the public commands. A file names nothing of a floor above its own, files on no
//! floor nothing above the journal, and no two files know each other: tests hold it (`tests/tests/journeys/house/circles.rs`).

pub mod at;
mod body;
mod buffers;
mod clock;
mod drive;
mod engine;
mod event;
mod exact;
mod gate;
mod job_file;
mod journal;
mod log;
mod options;
pub mod paths;
mod permits;
mod place;
mod plain;
mod progress;
mod providers;
mod record;
mod refusal;
mod run;
pub mod scan;
mod schedule;
pub mod source;
mod state;
mod sum;
mod watched;
#[cfg(windows)]
mod windows;

pub use clock::{Chance, Clock};
pub use drive::{Gate, Pulse, Unanswered};
pub use engine::{Engine, JobDetail, OpenEngine, Which, is_mime};
pub use event::EngineEvent;
pub use exact::{as_known, as_named, exact, real, to_walk};
pub use journal::batches::BatchCount;
pub use journal::list::{Show, Sums};
pub use journal::needs::{Attention, EndingSession};
#[cfg(any(test, feature = "statements"))]
pub use journal::statements;
pub use journal::{JournalError, Unwritable};
pub use log::{Again, Log};
pub use options::{EngineOptions, GRACE};
pub use permits::Bounds;
pub use place::{Mounts, is_remote};
pub use plain::plain;
pub use progress::{InFlight, LiveView, Trouble, ribbon};
pub use providers::Providers;
pub use record::{
    Batch, BatchId, Destination, DestinationId, Job, JobId, Keeps, LeftOut, Standing, WatchedId, WhyLeftOut,
};
pub use refusal::Refusal;
pub use run::reread::has_sum;
pub use sum::RunningSum;
pub use watched::{Known, Seen, Sum, Watched};
