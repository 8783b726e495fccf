//! The engine's dependencies and options.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partway_http::PartClient;

use crate::clock::{Chance, Clock};
use crate::drive::Gate;
use crate::permits::Bounds;
use crate::providers::Providers;

/// How long in-flight parts may keep running after a stop: enough for small ones to finish.
pub const GRACE: Duration = Duration::from_secs(5);

/// The engine's dependencies and options.
pub struct EngineOptions {
    /// The time source.
    pub clock: Arc<dyn Clock>,
    /// Randomness for back-off jitter.
    pub chance: Arc<dyn Chance>,
    /// Creates providers.
    pub providers: Arc<dyn Providers>,
    /// The client for parts.
    pub parts: PartClient,
    /// Concurrency limits.
    pub bounds: Bounds,
    /// How long in-flight parts may keep running after their job is stopped; [`GRACE`] except in tests.
    pub grace: Duration,
    /// There is no user to ask: what would wait for one ends the job as needs-attention instead of holding
    /// it.
    pub headless: bool,
    /// Starts nothing and contacts no server: the journal is only read and changed. The exception is that
    /// uploads cancelled meanwhile are aborted on close.
    pub idle: bool,
    /// Called before every file access. For tests, which have no unresponsive drive.
    pub gate: Option<Gate>,
    /// Which files to treat as stored elsewhere. For tests, since their system may not have such files.
    pub elsewhere: Option<fn(&Path) -> bool>,
}
