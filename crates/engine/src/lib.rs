//! Journal, scheduler, transfer, recovery, progress: everything that moves a file, independent of vendors
//! and front ends.
//!
//! The way of one file, strictly forward: `intake → journal → scheduler (permit) → provider.start → part
//! targets → transfer (read, hash, PUT) → receipt → journal → provider.complete → verify → journal`. Each
//! arrow is a file of this crate.
//!
//! Layers, lowest first: `journal` is the record; `state` is shared by everything that runs, with the steps
//! that change a job; `run` is one job's time with a permit; `schedule` decides which job gets one;
//! `engine` has the public commands. A file uses nothing from a layer above its own, files outside the
//! layers use nothing above the journal, and there are no cycles. Tests enforce this
//! (`tests/tests/journeys/house/circles.rs`).

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
