//! Journal, scheduler, transfer, recovery, progress: everything that moves a file, without knowing a vendor or a front end.
//!
//! The way of one file, with no step back: `intake → journal → scheduler (permit) → provider.start → part targets → transfer
//! (read, hash, PUT) → receipt → journal → provider.complete → verify → journal`. Each arrow is a file of this crate.
//!
//! Who may know whom in here: `journal` knows neither `run` nor `engine`; `run` knows the journal, and of `engine` what all runs share
//! (`Inner`, `Stop`, `PutOff`); `engine` knows all. Within `run` the steps hand each other what `ends` and `halt` name. A test holds that no
//! circle of files comes to those that are written down (`tests/tests/journeys/house/circles.rs`).

pub mod at;
mod body;
mod buffers;
mod clock;
mod drive;
mod engine;
mod exact;
mod gate;
mod happening;
pub mod intake;
mod job_file;
mod journal;
mod log;
pub mod paths;
mod permits;
mod place;
mod plain;
mod progress;
mod providers;
mod record;
mod run;
pub mod source;
mod sum;
mod watched;
#[cfg(windows)]
mod windows;

pub use clock::{Chance, Clock};
pub use drive::{Gate, Pulse, Unanswered};
pub use engine::{Engine, EngineOptions, GRACE, JobDetail, OpenEngine, Refusal, Which, is_mime};
pub use exact::{as_known, as_named, exact, real, to_walk};
pub use happening::Happening;
pub use journal::batches::BatchCount;
pub use journal::list::{Show, Sums};
pub use journal::needs::{Attention, EndingSession};
#[cfg(any(test, feature = "statements"))]
pub use journal::statements;
pub use journal::{JournalError, Unwritable};
pub use log::{Again, Log};
pub use permits::Bounds;
pub use place::{Mounts, is_remote};
pub use plain::plain;
pub use progress::{InFlight, LiveView, Trouble, ribbon};
pub use providers::Providers;
pub use record::{
    Batch, BatchId, Destination, DestinationId, Job, JobId, Keeps, LeftOut, Standing, WatchedId, WhyLeftOut,
};
pub use run::reread::has_sum;
pub use sum::RunningSum;
pub use watched::{Known, Seen, Sum, Watched};
