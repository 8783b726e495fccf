//! The engine on one data folder: what it is made of, how it starts and how it ends.

mod apply;
mod commands;
mod destinations;
mod fields;
mod intake;
mod look;
mod missing;
mod names;
mod needs;
mod read;
mod schedule;
mod sweep;
mod take_in;
mod waits;
mod watched;
mod woke;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use partway_core::{Event, Hold};
use partway_http::PartClient;
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinHandle;

pub use commands::Which;
pub use fields::is_mime;
pub use read::JobDetail;

use crate::clock::{Chance, Clock};
use crate::drive::{Before, Drives, Gate};
use crate::happening::Happening;
use crate::journal::{Journal, JournalError, Unwritable, batches, jobs};
use crate::permits::{Bounds, Permits};
use crate::progress::Live;
use crate::providers::Providers;
use crate::record::{DestinationId, JobId};

/// So many happenings may wait for a slow listener before it is told that it missed some.
const HAPPENINGS: usize = 4096;

/// Parts in flight may take so long to end after a stop of any kind: small ones are through by then.
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

/// An engine and what is worth telling about its start.
pub struct OpenEngine {
    /// The engine.
    pub engine: Engine,
    /// Where the last damaged journal lies, also one that was found at an earlier start.
    pub set_aside: Option<PathBuf>,
    /// What was unfinished before anything was started: a file may end before anybody can listen.
    pub unfinished: Vec<JobId>,
}

/// Why something that was asked for cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such job, batch or destination.
    #[error("there is no {0}")]
    NotThere(String),
    /// It has no meaning in the present state.
    #[error("{0}")]
    NotNow(String),
    /// The name is taken.
    #[error("there is a destination named {0} already")]
    NameTaken(String),
    /// What was given is not what is wanted there.
    #[error("{0}")]
    NotUsable(String),
    /// The journal could not do it.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// The running engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

/// How hard a run is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    /// Go on.
    No,
    /// There was a stop, and it was taken back before the run had ended.
    TakenBack,
    /// Begin no new part; those that are nearly through may end, however long that takes.
    Pause,
    /// Begin no new part; those in flight may end within the grace.
    Soft,
    /// Let go of everything.
    Hard,
}

pub(crate) struct Active {
    pub(crate) live: Arc<Live>,
    pub(crate) stop: watch::Sender<Stop>,
}

pub(crate) struct Inner {
    /// The real place of the data folder, of which nothing is ever sent.
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
    /// Nothing is asked of any server, but to throw away what this process gave up.
    idle: bool,
    /// One batch is taken in at a time.
    intake: tokio::sync::Mutex<()>,
    /// Held by whoever ends or changes a countdown: the end of one takes several commits.
    countdowns: tokio::sync::Mutex<()>,
    active: Mutex<HashMap<JobId, Active>>,
    /// Woken when a run ended.
    run_ended: Notify,
    /// Woken when the queue may have something to start.
    wake: Notify,
    /// Woken when a leftover session or a secret may be cleared away.
    sweep: Notify,
    happened: broadcast::Sender<Happening>,
    closing: watch::Sender<bool>,
    pub(crate) memory: Mutex<Memory>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// How often in a row a job was put off.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PutOff {
    /// Since anything was answered: by a network that is not there.
    pub(crate) offline: u32,
    /// Since a part was confirmed: by a service that keeps failing, and by connections that keep breaking.
    pub(crate) failing: u32,
    /// Since a part was confirmed: by a page in place of an answer.
    pub(crate) pages: u32,
}

/// What is remembered while the process lives and not longer.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// A session was given up.
    pub(crate) gave_up: bool,
    pub(crate) put_off: HashMap<JobId, PutOff>,
    /// How often in a row each job's file could not be read, and what was confirmed of it then.
    pub(crate) unread: HashMap<JobId, (u32, u64)>,
    /// Jobs whose history says that the network was lost.
    pub(crate) offline: HashSet<JobId>,
    /// Jobs whose session missed parts at *complete* once already. Here and not in the run: it ends before they are sent again.
    pub(crate) resent: HashSet<JobId>,
    /// Files whose one PUT may have been refused for its condition. Only one that then goes without says that it was.
    pub(crate) unconditional: HashSet<JobId>,
    /// By how many seconds each host's clock is ahead.
    pub(crate) clock_ahead: HashMap<String, i64>,
    /// How often each destination's key was replaced or refused.
    pub(crate) keys: HashMap<DestinationId, u32>,
    /// When (steady time) a destination that did not throw a session away is asked again.
    pub(crate) abort_after: HashMap<DestinationId, Duration>,
    /// Until when (steady time) a host is left alone.
    pub(crate) quiet_until: HashMap<String, Duration>,
}

impl Engine {
    /// Opens the journal under `data_dir`, takes up what was unfinished and starts to run it. The caller holds the folder's lock.
    ///
    /// # Errors
    /// [`JournalError`] where the folder cannot be used or was written by a newer Partway.
    pub async fn open(data_dir: &Path, options: EngineOptions) -> Result<OpenEngine, JournalError> {
        let opened = Journal::open(data_dir, options.clock.unix_ms())?;
        let inner = Arc::new(Inner {
            data_dir: data_dir.canonicalize().unwrap_or_else(|_| data_dir.to_owned()).into(),
            journal: opened.journal,
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
            happened: broadcast::channel(HAPPENINGS).0,
            closing: watch::channel(false).0,
            memory: Mutex::default(),
            tasks: Mutex::default(),
        });
        let engine = Self(inner);
        let unfinished = engine.take_up().await?;
        if options.idle {
            return Ok(OpenEngine { engine, set_aside: opened.set_aside, unfinished });
        }
        let tasks = [
            tokio::spawn(schedule::serve(Arc::clone(&engine.0))),
            tokio::spawn(sweep::serve(Arc::clone(&engine.0))),
            tokio::spawn(waits::serve(Arc::clone(&engine.0))),
            tokio::spawn(waits::look_for_files(Arc::clone(&engine.0))),
            tokio::spawn(waits::look_for_room(Arc::clone(&engine.0))),
        ];
        engine.0.tasks.lock().unwrap_or_else(PoisonError::into_inner).extend(tasks);
        Ok(OpenEngine { engine, set_aside: opened.set_aside, unfinished })
    }

    /// Nothing of before is in flight any more, and holds that pass by themselves are tried anew.
    async fn take_up(&self) -> Result<Vec<JobId>, JournalError> {
        let now = self.0.clock.unix_ms();
        self.0
            .journal
            .write(move |conn| {
                // Nothing of these has started, and nobody was told of them.
                batches::remove_half_taken_in(conn)?;
                let unfinished = jobs::in_states(
                    conn,
                    &["needs-attention", "waiting", "checking", "uploading", "finishing"],
                )?;
                for id in jobs::in_states(conn, &["checking", "uploading", "finishing", "cancelling"])? {
                    let _ = jobs::apply(conn, now, &id, &Event::Restarted)?;
                }
                for hold in Hold::PASSING {
                    for (id, ..) in jobs::held_by(conn, hold)? {
                        let _ = jobs::apply(conn, now, &id, &Event::Released(hold))?;
                    }
                }
                Ok(unfinished)
            })
            .await
    }

    /// What happens from now on.
    #[must_use]
    pub fn follow(&self) -> broadcast::Receiver<Happening> {
        self.0.happened.subscribe()
    }

    /// Why nothing can be written down at present; until it can nothing is confirmed, so nothing goes on.
    #[must_use]
    pub fn unwritable(&self) -> watch::Receiver<Option<Unwritable>> {
        self.0.journal.unwritable()
    }

    /// Ends in order: no new part, those in flight get `grace`, then the journal is closed. Everything stays resumable. Whoever gives
    /// less than [`GRACE`], and any, is in a hurry: nothing else is waited for longer than that either, such as a call that hangs.
    pub async fn close(&self, grace: Duration) {
        let hurry = !grace.is_zero() && grace < GRACE;
        let at_most = |usual: Duration| if hurry { usual.min(grace) } else { usual };
        self.0.closing.send_replace(true);
        self.0.stop_all(Stop::Soft);
        let all_ended = async {
            loop {
                let ended = self.0.run_ended.notified();
                if self.0.active().is_empty() {
                    break;
                }
                ended.await;
            }
        };
        if tokio::time::timeout(grace, all_ended).await.is_err() {
            self.0.stop_all(Stop::Hard);
            // Runs look at the signal at every turn: what is still there after this is waiting for a disk that does not answer.
            let _ = tokio::time::timeout(at_most(Duration::from_secs(2)), async {
                loop {
                    let ended = self.0.run_ended.notified();
                    if self.0.active().is_empty() {
                        break;
                    }
                    ended.await;
                }
            })
            .await;
        }
        let tasks = std::mem::take(&mut *self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            task.abort();
        }
        if !self.0.idle || self.0.memory().gave_up {
            sweep::last(&self.0, at_most(sweep::LAST)).await;
        }
        self.0.journal.close().await;
    }
}

impl Inner {
    pub(crate) fn active(&self) -> MutexGuard<'_, HashMap<JobId, Active>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// By how many seconds a host's clock is ahead of ours, where it was measured.
    pub(crate) fn clock_ahead(&self, host: &str) -> Option<i64> {
        self.memory().clock_ahead.get(host).copied()
    }

    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    pub(crate) fn tell(&self, happening: Happening) {
        // Nobody listening is no reason not to go on.
        let _ = self.happened.send(happening);
    }

    fn stop_all(&self, stop: Stop) {
        for active in self.active().values() {
            active.stop.send_replace(stop);
        }
    }

    /// Something was given up: what the vendor keeps of it and what the journal still holds is to be cleared away.
    pub(crate) fn clear_away(&self) {
        self.sweep.notify_one();
    }

    pub(crate) fn destination_changed(&self, id: &DestinationId) {
        self.tell(Happening::Destination { id: id.clone() });
    }
}
