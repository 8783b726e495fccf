//! Watched folders as plain values: what is watched, and how a file of one stands.

use std::path::PathBuf;

use partway_provider::Fields;

use crate::record::{DestinationId, JobId, WatchedId};

/// A folder whose new files go to a destination by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Its id.
    pub id: WatchedId,
    /// Where it is.
    pub path: PathBuf,
    /// Where its files go.
    pub destination: DestinationId,
    /// What is set for them; where something is not set, it is as the destination has it.
    pub fields: Fields,
    /// Where verified files are moved; `None`: they stay.
    pub done: Option<PathBuf>,
    /// Whether it is watched at present.
    pub watching: bool,
    /// Whether the files that lay there and are not meant were noted.
    pub begun: bool,
}

/// How a file that was seen in a watched folder stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Not known as it is now: it goes once it is still.
    New,
    /// It went, was given up, or lay there before: nothing is to be done until it changes.
    Settled,
    /// Its job has not ended.
    Open,
    /// Its job waits for a person because the file was changed or away: it goes on once the file is still.
    Again(JobId),
    /// Settled under another name, which it had before.
    Renamed {
        /// The name, below the folder.
        from: PathBuf,
    },
}
