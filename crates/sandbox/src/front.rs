//! The network side: the sandbox's address, clock, log and faults.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::faults::draw::Faults;
use crate::log::Log;

/// The client-facing half of a sandbox.
pub(crate) struct Front {
    /// `http://127.0.0.1:PORT`, without a trailing slash.
    pub(crate) origin: String,
    /// `127.0.0.1:PORT`, the signed host of links.
    pub(crate) host: String,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    pub(crate) faults: Arc<Faults>,
    /// Delay of a slow answer.
    pub(crate) slow: Duration,
}
