//! What an engine is made of.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partway_http::PartClient;

use crate::clock::{Chance, Clock};
use crate::drive::Gate;
use crate::permits::Bounds;
use crate::providers::Providers;

/// How long in-flight parts may keep running after a stop: small ones are through by then.
pub const GRACE: Duration = Duration::from_secs(5);

/// What an engine is made of.
pub struct EngineOptions {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for the jitter of back-off.
    pub chance: Arc<dyn Chance>,
    /// Where providers come from.
    pub providers: Arc<dyn Providers>,
    /// The client for parts.
    pub parts: PartClient,
    /// How many may go at once.
    pub bounds: Bounds,
    /// How long parts in flight may take to end once their job is to stop; [`GRACE`] but for tests.
    pub grace: Duration,
    /// Nobody can answer: what needs a person ends a job as needs-attention instead of holding it.
    pub headless: bool,
    /// Nothing is started and nothing is asked of any server: the journal is only looked at and changed. Only what is given up
    /// meanwhile is thrown away there when the engine is closed.
    pub idle: bool,
    /// Stands before every touch of a file; there for tests, which have no drive that does not answer.
    pub gate: Option<Gate>,
    /// Of which files it is taken for true that their content is kept elsewhere; there for tests, whose system may know no such files.
    pub elsewhere: Option<fn(&Path) -> bool>,
}
