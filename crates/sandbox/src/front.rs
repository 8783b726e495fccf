//! What the network meets: the sandbox's address, its clock and log, and what goes wrong on purpose.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::faults::draw::Faults;
use crate::log::Log;

/// The side of a sandbox that faces its clients.
pub(crate) struct Front {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub(crate) origin: String,
    /// `127.0.0.1:PORT`, what links sign.
    pub(crate) host: String,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    pub(crate) faults: Arc<Faults>,
    /// How long a slow answer takes.
    pub(crate) slow: Duration,
}
