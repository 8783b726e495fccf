//! Events that the engine publishes to its subscribers.

use std::sync::Arc;

use crate::journal::batches::BatchCount;
use crate::log::Log;
use crate::record::{Batch, BatchId, DestinationId, Job, JobId};

/// One event. Sent after the journal has committed it.
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
    /// Parts are starting to be sent.
    Started {
        /// The job.
        job: Arc<Job>,
        /// Parts that were already confirmed.
        resumed: u32,
    },
    /// A receipt is in the journal.
    Confirmed {
        /// The job.
        job: JobId,
        /// The part.
        part: u32,
        /// Confirmed bytes of the file.
        confirmed: u64,
    },
    /// A line was added to a job's log.
    Logged {
        /// The job.
        job: JobId,
        /// The line.
        log: Log,
    },
    /// No job of a batch is open any more.
    BatchFinished {
        /// The batch.
        batch: Arc<Batch>,
        /// Counts of its jobs.
        count: BatchCount,
    },
    /// A batch's countdown changed or ended, or the batch was undone.
    BatchChanged {
        /// The batch.
        batch: BatchId,
    },
    /// Jobs left the list.
    Removed {
        /// Their ids.
        jobs: Arc<Vec<JobId>>,
    },
    /// A destination was added, changed or removed.
    Destination {
        /// Its id.
        id: DestinationId,
    },
    /// A setting changed.
    Setting {
        /// Its name.
        name: String,
    },
}
