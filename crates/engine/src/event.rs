//! What the engine tells everybody who listens.

use std::sync::Arc;

use crate::journal::batches::BatchCount;
use crate::log::Log;
use crate::record::{Batch, BatchId, DestinationId, Job, JobId};

/// One thing that happened. Sent after the journal has it.
#[derive(Debug, Clone)]
pub enum EngineEvent {
    /// A batch was taken in.
    Added {
        /// The batch.
        batch: Arc<Batch>,
        /// Its jobs, in order.
        jobs: Arc<Vec<Job>>,
    },
    /// A job's state or holds changed.
    Changed {
        /// The job as it is now.
        job: Arc<Job>,
    },
    /// Parts begin to go.
    Started {
        /// The job.
        job: Arc<Job>,
        /// Parts that were confirmed before.
        resumed: u32,
    },
    /// A receipt is in the journal.
    Confirmed {
        /// The job.
        job: JobId,
        /// The part.
        part: u32,
        /// Bytes confirmed of the file.
        confirmed: u64,
    },
    /// A line was added to a job's history.
    Logged {
        /// The job.
        job: JobId,
        /// The line.
        log: Log,
    },
    /// Nothing in a batch is open any more.
    BatchFinished {
        /// The batch.
        batch: Arc<Batch>,
        /// How its jobs stand.
        count: BatchCount,
    },
    /// A countdown changed, ended or was undone.
    BatchChanged {
        /// The batch.
        batch: BatchId,
    },
    /// Jobs left the list.
    Removed {
        /// Which.
        jobs: Arc<Vec<JobId>>,
    },
    /// A destination was added, changed or removed.
    Destination {
        /// Which.
        id: DestinationId,
    },
    /// A setting changed.
    Setting {
        /// Its name.
        name: String,
    },
}
