//! The state that everything running in an engine shares, and the steps that change a job: journal first,
//! then effects, then events.

pub(crate) mod apply;
mod cancel;
mod holds;
mod keys;
pub(crate) mod names;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use partway_core::Hold;
use partway_http::PartClient;
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinHandle;

use crate::clock::{Chance, Clock};
use crate::drive::{Before, Drives};
use crate::event::EngineEvent;
use crate::journal::{Journal, JournalError, jobs};
use crate::options::EngineOptions;
use crate::permits::Permits;
use crate::progress::Live;
use crate::providers::Providers;
use crate::record::{DestinationId, Job, JobId};
use crate::refusal::Refusal;

/// Capacity of the event channel; slower receivers get `Lagged`.
const EVENTS: usize = 4096;

/// How urgently a run is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    /// Continue.
    No,
    /// A stop was taken back before the run had ended.
    TakenBack,
    /// Start no new part; nearly finished ones may complete, however long that takes.
    Pause,
    /// Start no new part; those in flight may complete within the grace period.
    Soft,
    /// Drop everything.
    Hard,
}

pub(crate) struct Active {
    pub(crate) live: Arc<Live>,
    pub(crate) stop: watch::Sender<Stop>,
}

/// The state that everything running in an engine shares.
pub(crate) struct EngineState {
    /// The canonical path of the data folder, of which nothing is ever sent.
    pub(crate) data_dir: Arc<Path>,
    pub(crate) journal: Journal,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) providers: Arc<dyn Providers>,
    pub(crate) parts: PartClient,
    pub(crate) permits: Permits,
    pub(crate) drives: Drives,
    pub(crate) grace: Duration,
    pub(crate) headless: bool,
    /// Contacts no server, except to abort what this process discarded.
    pub(crate) idle: bool,
    /// Serializes the intake of batches.
    pub(crate) intake: tokio::sync::Mutex<()>,
    /// Held while a countdown is ended or changed: ending one takes several commits.
    pub(crate) countdowns: tokio::sync::Mutex<()>,
    pub(crate) active: Mutex<HashMap<JobId, Active>>,
    /// Notified when a run has ended.
    pub(crate) run_ended: Notify,
    /// Notified when the queue may have something to start.
    pub(crate) wake: Notify,
    /// Notified when a leftover session or a secret may need cleanup.
    pub(crate) sweep: Notify,
    pub(crate) happened: broadcast::Sender<EngineEvent>,
    pub(crate) closing: watch::Sender<bool>,
    pub(crate) memory: Mutex<Memory>,
    pub(crate) tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// How many times in a row a job was put off.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PutOff {
    /// By a missing network, since anything was answered.
    pub(crate) offline: u32,
    /// By a failing service or breaking connections, since a part was confirmed.
    pub(crate) failing: u32,
    /// By a web page instead of an answer, since a part was confirmed.
    pub(crate) pages: u32,
}

/// State that lasts only as long as the process.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Whether a session was discarded.
    pub(crate) gave_up: bool,
    pub(crate) put_off: HashMap<JobId, PutOff>,
    /// How many times in a row each job's file could not be read, and how much of it was confirmed then.
    pub(crate) unread: HashMap<JobId, (u32, u64)>,
    /// Jobs whose log says that the network was lost.
    pub(crate) offline: HashSet<JobId>,
    /// Jobs whose session already lacked parts at *complete* once. Not kept in the run, which ends before
    /// they are sent again.
    pub(crate) resent: HashSet<JobId>,
    /// Files whose single PUT may have been rejected for its condition. Only success without the condition
    /// proves it.
    pub(crate) unconditional: HashSet<JobId>,
    /// How many seconds each host's clock is ahead.
    pub(crate) clock_ahead: HashMap<String, i64>,
    /// How often each destination's key was replaced or refused.
    pub(crate) keys: HashMap<DestinationId, u32>,
    /// When (steady time) a destination that failed to abort a session is asked again.
    pub(crate) abort_after: HashMap<DestinationId, Duration>,
    /// Until when (steady time) a throttling host gets no requests.
    pub(crate) quiet_until: HashMap<String, Duration>,
}

impl EngineState {
    pub(crate) fn new(data_dir: &Path, journal: Journal, options: EngineOptions) -> Self {
        Self {
            data_dir: data_dir.canonicalize().unwrap_or_else(|_| data_dir.to_owned()).into(),
            journal,
            clock: options.clock,
            chance: options.chance,
            providers: options.providers,
            parts: options.parts,
            permits: Permits::new(options.bounds),
            drives: Drives::new(Before { gate: options.gate, elsewhere: options.elsewhere }),
            grace: options.grace,
            headless: options.headless,
            idle: options.idle,
            intake: tokio::sync::Mutex::default(),
            countdowns: tokio::sync::Mutex::default(),
            active: Mutex::default(),
            run_ended: Notify::new(),
            wake: Notify::new(),
            sweep: Notify::new(),
            happened: broadcast::channel(EVENTS).0,
            closing: watch::channel(false).0,
            memory: Mutex::default(),
            tasks: Mutex::default(),
        }
    }

    pub(crate) fn active(&self) -> MutexGuard<'_, HashMap<JobId, Active>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many seconds a host's clock is ahead of ours, if measured.
    pub(crate) fn clock_ahead(&self, host: &str) -> Option<i64> {
        self.memory().clock_ahead.get(host).copied()
    }

    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    pub(crate) fn tell(&self, happening: EngineEvent) {
        // No subscribers is fine.
        let _ = self.happened.send(happening);
    }

    pub(crate) fn stop_all(&self, stop: Stop) {
        for active in self.active().values() {
            active.stop.send_replace(stop);
        }
    }

    /// Something was discarded: wakes the cleanup of what the vendor and the journal still have of it.
    pub(crate) fn clear_away(&self) {
        self.sweep.notify_one();
    }

    pub(crate) fn destination_changed(&self, id: &DestinationId) {
        self.tell(EngineEvent::Destination { id: id.clone() });
    }

    /// Unfinished jobs of a destination with, or without, a hold.
    pub(crate) async fn open_of_destination(
        &self,
        id: &DestinationId,
        hold: Hold,
        held: bool,
    ) -> Result<Vec<JobId>, JournalError> {
        let id = id.clone();
        self.journal.read(move |conn| jobs::open_of_destination(conn, &id, hold, held)).await
    }

    pub(crate) async fn job(&self, id: &JobId) -> Result<Job, Refusal> {
        let job = id.clone();
        self.journal
            .read(move |conn| jobs::get(conn, &job))
            .await?
            .ok_or_else(|| Refusal::NotThere(format!("job {id}")))
    }
}
