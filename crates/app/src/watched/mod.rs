//! Watched folders: what is put into one goes to its destination by itself, once it is still.
//!
//! A walk through the folder is what counts; what the system tells of it only makes the next walk sooner. What went stands in the
//! journal's ledger, so that nothing goes twice and a file that came while nobody watched is found at the next start.

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

/// How a watched folder stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Status {
    /// Why it cannot be watched at present.
    pub(crate) place: Option<Place>,
    /// Why it is looked at every few seconds.
    pub(crate) polled: Option<Polled>,
    /// Files that are not still yet.
    pub(crate) growing: u32,
    /// Files that a program has open for writing.
    pub(crate) open: u32,
    /// Files beside which a half file of their name lies.
    pub(crate) beside: u32,
    /// The name of one of those half files.
    pub(crate) half: Option<String>,
    /// Files that cannot be read.
    pub(crate) unread: u32,
    /// Files that the destination does not take for their size.
    pub(crate) too_large: u32,
    /// Touched files whose bytes are being compared with those that went.
    pub(crate) compared: u32,
    /// Folders in it that cannot be looked into.
    pub(crate) closed: u32,
    /// Links in it.
    pub(crate) links: u32,
    /// What in it is neither file nor folder nor link.
    pub(crate) odd: u32,
    /// What else is wrong.
    pub(crate) trouble: Option<Trouble>,
}

/// What else may be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The engine's sentence.
    Engine(String),
    /// Its drive does not answer.
    Silent,
    /// Verified files could not be moved.
    Unmoved {
        /// How many.
        count: u32,
        /// Where to.
        to: String,
        /// The system's words.
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

/// The folders that are watched at present.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<Running>);

#[derive(Default)]
struct Running {
    /// Whether this process watches at all.
    on: bool,
    folders: HashMap<WatchedId, One>,
    /// Tells the folders when a file was verified.
    teller: Option<JoinHandle<()>>,
}

struct One {
    status: watch::Receiver<Status>,
    task: JoinHandle<()>,
}

/// Watches from now on.
pub(crate) async fn start(app: &App) -> Result<(), JournalError> {
    app.0.watchers.0.lock().await.on = true;
    renew(app).await
}

/// Something about the watched folders changed: all begin anew, which costs a walk each and loses nothing.
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

/// Notes what lies in a folder that is new to be watched: it does not go until it changes. Whatever comes later does.
pub(crate) async fn begin(app: &App, id: &WatchedId) -> Result<(), JournalError> {
    let all = app.0.engine.watched().await?;
    match all.iter().find(|one| one.id == *id && !one.begun) {
        // Where its drive does not answer, it is done when it does.
        Some(one) => match lay_there(app, one, left_out(app, one, &all).await).await {
            Err(Unbegun::Journal(error)) => Err(error),
            Ok(()) | Err(Unbegun::Drive(_)) => Ok(()),
        },
        None => Ok(()),
    }
}

/// Why what lies in a folder could not be noted.
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
    // How many folders in it are closed is told by the walks that follow.
    walking.end().map_err(Unbegun::Drive)?;
    Ok(app.0.engine.begin_watched(&watched.id).await?)
}

/// Watches no longer; in mid-air nothing is lost, because a file and the note that it was taken are one commit.
pub(crate) async fn stop(app: &App) {
    let mut running = app.0.watchers.0.lock().await;
    running.on = false;
    running.end().await;
}

/// How a folder stands; `None` where it is not watched at present.
pub(crate) async fn status(app: &App, id: &WatchedId) -> Option<Status> {
    let running = app.0.watchers.0.lock().await;
    running.folders.get(id).map(|one| one.status.borrow().clone())
}

impl Running {
    async fn end(&mut self) {
        let tasks = self.folders.drain().map(|(_, one)| one.task).chain(self.teller.take());
        for task in tasks {
            task.abort();
            // An aborted task ends in an error, which is what was asked for.
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

/// What lies in a watched folder and is not its own: folders that are watched for themselves, all that hold what is done, and the data
/// folder. As paths that begin like the folder's own.
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

/// Each path without links and dots; as it is, where there is nothing, or its drive does not answer.
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
