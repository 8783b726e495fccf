//! Watched folders: files put into one are sent to its destination once they are still.
//!
//! Walks through the folder are authoritative; system events only make the next walk come sooner. The
//! journal's ledger records what was sent, so that nothing is sent twice and files that arrive while nothing
//! watches are found at the next start.

mod busy;
mod compare;
mod done;
mod events;
mod finished;
mod folder;
mod names;
mod pending;
mod restless;
mod scan;
mod take;
mod twofold;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use partway_core::State;
use partway_engine::{EngineEvent, JournalError, Unanswered, Watched, WatchedId};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, Notify, watch};
use tokio::task::JoinHandle;

use crate::App;

pub(crate) use events::Polled;
pub(crate) use folder::POLL;
pub(crate) use scan::Place;

/// The status of a watched folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Status {
    /// Why it cannot be watched at the moment.
    pub(crate) place: Option<Place>,
    /// Why it is polled.
    pub(crate) polled: Option<Polled>,
    /// Files that are not still yet.
    pub(crate) growing: u32,
    /// Files that a program has open for writing.
    pub(crate) open: u32,
    /// Files with a partial file of their name beside them.
    pub(crate) beside: u32,
    /// The name of one of those partial files.
    pub(crate) half: Option<String>,
    /// Files that cannot be read.
    pub(crate) unread: u32,
    /// Files too large for the destination.
    pub(crate) too_large: u32,
    /// Touched files that are being compared with what was sent.
    pub(crate) compared: u32,
    /// Subfolders that cannot be read.
    pub(crate) closed: u32,
    /// Links in it.
    pub(crate) links: u32,
    /// Entries that are neither file nor folder nor link.
    pub(crate) odd: u32,
    /// Any other problem.
    pub(crate) trouble: Option<Trouble>,
}

/// Other problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The engine's message.
    Engine(String),
    /// Its drive does not answer.
    Silent,
    /// Verified files could not be moved.
    Unmoved {
        /// How many.
        count: u32,
        /// Where to.
        to: String,
        /// The system's message.
        why: String,
    },
}

impl Trouble {
    fn journal(error: &JournalError) -> Self {
        Self::Engine(error.to_string())
    }
}

impl From<Unbegun> for Trouble {
    fn from(why: Unbegun) -> Self {
        match why {
            Unbegun::Journal(error) => Self::journal(&error),
            Unbegun::Drive(why) => why.into(),
        }
    }
}

impl From<Unanswered> for Trouble {
    fn from(why: Unanswered) -> Self {
        match why {
            Unanswered::Silent => Self::Silent,
            Unanswered::Fault(_) => Self::Engine("the folder could not be looked at".into()),
        }
    }
}

/// The folders being watched.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<Running>);

#[derive(Default)]
struct Running {
    /// Whether this process watches at all.
    on: bool,
    folders: HashMap<WatchedId, One>,
    /// The task that notifies folders when a file was verified.
    teller: Option<JoinHandle<()>>,
}

struct One {
    status: watch::Receiver<Status>,
    task: JoinHandle<()>,
}

/// Starts watching.
pub(crate) async fn start(app: &App) -> Result<(), JournalError> {
    app.0.watchers.0.lock().await.on = true;
    renew(app).await
}

/// Restarts all watchers after a change to the watched folders, which costs a walk each and loses nothing.
pub(crate) async fn renew(app: &App) -> Result<(), JournalError> {
    let mut running = app.0.watchers.0.lock().await;
    if !running.on {
        return Ok(());
    }
    running.end().await;
    let all = app.0.engine.watched().await?;
    let mut verified = Vec::new();
    for watched in all.iter().filter(|watched| watched.watching) {
        let (status, seen) = watch::channel(Status::default());
        let wake = Arc::new(Notify::new());
        verified.push(Arc::clone(&wake));
        let folder = folder::Folder {
            app: app.clone(),
            all: all.clone(),
            leave_out: None,
            watched: watched.clone(),
            status,
            changed: Arc::new(Notify::new()),
            verified: wake,
            pending: pending::Pending::default(),
            comparing: None,
        };
        let task = tokio::spawn(folder::serve(folder));
        running.folders.insert(watched.id.clone(), One { status: seen, task });
    }
    running.teller = Some(tokio::spawn(tell_verified(app.clone(), verified)));
    app.touch();
    Ok(())
}

/// Records what is already in a newly watched folder: it is not sent until it changes, unlike what comes
/// later.
pub(crate) async fn begin(app: &App, id: &WatchedId) -> Result<(), JournalError> {
    let all = app.0.engine.watched().await?;
    match all.iter().find(|one| one.id == *id && !one.begun) {
        // If its drive does not answer, this is done later, when it does.
        Some(one) => match lay_there(app, one, left_out(app, one, &all).await).await {
            Err(Unbegun::Journal(error)) => Err(error),
            Ok(()) | Err(Unbegun::Drive(_)) => Ok(()),
        },
        None => Ok(()),
    }
}

/// Why the contents of a folder could not be recorded.
enum Unbegun {
    Journal(JournalError),
    Drive(Unanswered),
}

impl From<JournalError> for Unbegun {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

async fn lay_there(app: &App, watched: &Watched, leave_out: Vec<PathBuf>) -> Result<(), Unbegun> {
    let mut walking = scan::Walking::begin(&app.0.engine, &watched.path, leave_out);
    while let Some(piece) = walking.next().await {
        app.0.engine.lay_there(&watched.id, piece).await?;
    }
    // The walks that follow report how many subfolders are closed.
    walking.end().map_err(Unbegun::Drive)?;
    Ok(app.0.engine.begin_watched(&watched.id).await?)
}

/// Stops watching. Nothing is lost midway: a file and the record that it was taken are one commit.
pub(crate) async fn stop(app: &App) {
    let mut running = app.0.watchers.0.lock().await;
    running.on = false;
    running.end().await;
}

/// The status of a folder; `None` if it is not being watched.
pub(crate) async fn status(app: &App, id: &WatchedId) -> Option<Status> {
    let running = app.0.watchers.0.lock().await;
    running.folders.get(id).map(|one| one.status.borrow().clone())
}

impl Running {
    async fn end(&mut self) {
        let tasks = self.folders.drain().map(|(_, one)| one.task).chain(self.teller.take());
        for task in tasks {
            task.abort();
            // An aborted task ends with an error, as intended.
            let _ = task.await;
        }
    }
}

async fn tell_verified(app: App, folders: Vec<Arc<Notify>>) {
    let mut happened = app.0.engine.follow();
    loop {
        match happened.recv().await {
            Ok(EngineEvent::Changed { job }) if job.state != State::Verified => {}
            Ok(EngineEvent::Changed { .. }) | Err(RecvError::Lagged(_)) => {
                folders.iter().for_each(|folder| folder.notify_one());
            }
            Ok(_) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// Folders inside a watched folder that don't belong to it: other watched folders, done folders and the data
/// folder. As paths with the same prefix as the folder's own.
async fn left_out(app: &App, of: &Watched, all: &[Watched]) -> Vec<PathBuf> {
    let others = all.iter().filter(|other| other.id != of.id).map(|other| other.path.clone());
    let done = all.iter().filter_map(|one| one.done.clone());
    let paths = std::iter::once(of.path.clone()).chain(others).chain(done).chain([app.0.data_dir.clone()]);
    let mut real = real(app, paths.collect()).await.into_iter();
    let root = real.next().unwrap_or_default();
    real.filter_map(|path| Some(path.strip_prefix(&root).ok()?.to_owned()))
        .filter(|below| !below.as_os_str().is_empty())
        .map(|below| of.path.join(below))
        .collect()
}

/// Canonicalizes each path; one that is missing or whose drive does not answer stays as it is.
pub(crate) async fn real(app: &App, paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let asked = paths.into_iter().map(|path| {
        let engine = app.0.engine.clone();
        tokio::spawn(async move {
            let of = path.clone();
            let real = engine.on_drive(&path, move |_| partway_engine::real(&of)).await;
            real.ok().and_then(Result::ok).unwrap_or(path)
        })
    });
    let asked: Vec<_> = asked.collect();
    let mut real = Vec::with_capacity(asked.len());
    for one in asked {
        real.push(one.await.unwrap_or_default());
    }
    real
}
