//! The loop of one watched folder: walk, wait until files are still, take them in, move verified ones, report
//! status.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use partway_engine::{Known, Pulse, Unanswered, Watched};
use tokio::sync::{Notify, watch};

use super::compare::{self, Comparing};
use super::events::{Events, Polled};
use super::pending::{Errand, Pending, Why};
use super::scan::{self, Piece, Place, Walked, Walking};
use super::{Status, Trouble, finished, lay_there, left_out, take, twofold};
use crate::App;

/// Interval between walks while the system reports changes: it may miss some.
const WALK: Duration = Duration::from_secs(60);

/// Interval between walks while it does not.
pub(crate) const POLL: Duration = Duration::from_secs(10);

/// Interval between checks for a missing folder.
const LOOK_FOR_FOLDER: Duration = Duration::from_secs(2);

/// Delay before a walk after a change: more are about to come.
const AFTER_CHANGE: Duration = Duration::from_millis(300);

/// How long until the system is asked again for watches.
const ASK_AGAIN: Duration = Duration::from_secs(300);

/// How long to wait for the system to say whether it reports changes.
const FOLLOW: Duration = Duration::from_secs(60);

/// Rest after a walk, as a multiple of its duration: walking takes at most a sixth of the time, however large
/// and busy the folder is.
const REST: u32 = 5;

/// One watched folder and its state.
pub(super) struct Folder {
    pub(super) app: App,
    pub(super) watched: Watched,
    /// All watched folders.
    pub(super) all: Vec<Watched>,
    /// Folders in it that don't belong to it: other watched folders, done folders, Partway's data. Known once
    /// its drive has answered.
    pub(super) leave_out: Option<Vec<PathBuf>>,
    pub(super) status: watch::Sender<Status>,
    /// Notified when something in it changed.
    pub(super) changed: Arc<Notify>,
    /// Notified when a file was verified.
    pub(super) verified: Arc<Notify>,
    pub(super) pending: Pending,
    /// The running comparison of touched files.
    pub(super) comparing: Option<Comparing>,
}

/// How changes in the folder are detected.
#[derive(Default)]
struct Following {
    root: Option<Option<(u64, u64)>>,
    events: Option<Events>,
    polled: Option<Polled>,
    ask_at: Duration,
}

/// Runs until aborted.
pub(super) async fn serve(mut folder: Folder) {
    let mut following = Following::default();
    let mut walk_at = Duration::ZERO;
    // Events cannot trigger a walk before this time.
    let mut rested_at = Duration::ZERO;
    let mut walked = Walked::default();
    loop {
        let place = match folder.on_drive(|root, _| scan::place(root)).await {
            Ok(place) => place,
            Err(Unanswered::Silent) => Place::Silent,
            Err(Unanswered::Fault(_)) => Place::Missing,
        };
        let Place::There(id) = place else {
            folder.pending.clear();
            following = Following::default();
            walk_at = Duration::ZERO;
            folder.comparing = None;
            folder.leave_out = None;
            folder.say(Some(place), None, Walked::default(), None);
            let _ = tokio::time::timeout(LOOK_FOR_FOLDER, folder.changed.notified()).await;
            continue;
        };
        folder.follow(&mut following, id).await;
        let begun = folder.now();
        let mut trouble = None;
        if begun >= walk_at {
            match folder.walk().await {
                Ok((found, more)) => {
                    let took = folder.now().saturating_sub(begun);
                    walked = found;
                    rested_at = folder.now() + (took * REST).max(AFTER_CHANGE);
                    let every = if following.polled.is_some() { POLL } else { WALK };
                    walk_at = if more { rested_at } else { folder.now() + every.max(took * REST) };
                }
                // The next look reports it.
                Err(Trouble::Silent) => {
                    walk_at = Duration::ZERO;
                    continue;
                }
                Err(why) => {
                    trouble = Some(why);
                    walk_at = folder.now() + POLL;
                }
            }
        } else {
            folder.look_again().await;
        }
        if let Err(why) = compare::go_on(&mut folder).await {
            trouble = Some(why);
        }
        if let Err(why) = take::all_ready(&mut folder).await {
            trouble = Some(why);
        }
        let unmoved = finished::move_all(&folder).await;
        folder.say(None, following.polled, walked, trouble.or(unmoved));
        let until = folder.pending.next(folder.now()).map_or(walk_at, |next| next.min(walk_at));
        let wait = until.saturating_sub(folder.now()).max(Duration::from_millis(20));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = folder.verified.notified() => {}
            () = folder.changed.notified() => walk_at = walk_at.min(rested_at.max(folder.now() + AFTER_CHANGE)),
        }
    }
}

impl Folder {
    /// Monotonic time.
    pub(super) fn now(&self) -> Duration {
        self.app.0.clock.steady()
    }

    /// Runs work that touches the folder on its drive's thread.
    pub(super) async fn on_drive<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path, &Pulse) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let root = self.watched.path.clone();
        self.app.0.engine.on_drive(&self.watched.path, move |pulse| work(&root, pulse)).await
    }

    /// Asks the system to report changes, if it can; a different folder may now be at the same path.
    async fn follow(&self, following: &mut Following, id: Option<(u64, u64)>) {
        let lost = following.events.as_ref().is_some_and(Events::lost);
        let again = matches!(following.polled, Some(Polled::NoMoreWatches | Polled::Unknown))
            && self.now() >= following.ask_at;
        if following.root == Some(id) && !lost && !again {
            return;
        }
        // Drop the old watches first: they may be what others lack.
        following.events = None;
        following.root = Some(id);
        following.ask_at = self.now() + ASK_AGAIN;
        if lost {
            following.polled = Some(Polled::NoMoreWatches);
            return;
        }
        let changed = Arc::clone(&self.changed);
        let asked = self.on_drive(move |root, pulse| match partway_engine::is_remote(root) {
            true => Err(Polled::Network),
            // This registers every subfolder without any sign of progress.
            false => pulse.elsewhere(|| Events::of(root, &changed)),
        });
        match tokio::time::timeout(FOLLOW, asked).await {
            Ok(Ok(Ok(events))) => (following.events, following.polled) = (Some(events), None),
            Ok(Ok(Err(why))) => following.polled = Some(why),
            Ok(Err(_)) | Err(_) => following.polled = Some(Polled::Unknown),
        }
    }

    /// Walks through the folder. Returns what will not be sent, and whether there is more than could be
    /// remembered.
    async fn walk(&mut self) -> Result<(Walked, bool), Trouble> {
        let leave_out = match self.leave_out.take() {
            Some(known) => known,
            None => left_out(&self.app, &self.watched, &self.all).await,
        };
        self.leave_out = Some(leave_out.clone());
        if !self.watched.begun {
            // The process ended during the first walk.
            lay_there(&self.app, &self.watched, leave_out.clone()).await?;
            self.watched.begun = true;
        }
        let mut walking = Walking::begin(&self.app.0.engine, &self.watched.path, leave_out);
        let mut more = false;
        while let Some(piece) = walking.next().await {
            more |= self.sort(piece).await?;
        }
        Ok((walking.end()?, more))
    }

    /// Remembers the files of a piece that need work until they are still.
    async fn sort(&mut self, piece: Piece) -> Result<bool, Trouble> {
        let engine = self.app.0.engine.clone();
        let known = engine.known(&self.watched.id, piece).await.map_err(|e| Trouble::journal(&e))?;
        let (mut full, now) = (false, self.now());
        let mut dateless = Vec::new();
        for (file, seen, known) in known {
            let errand = match &known {
                Known::New => Errand::Take,
                Known::Again(job) => Errand::Resume(job.clone()),
                Known::Touched(sum) => Errand::Compare(sum.clone()),
                Known::Renamed { from, moved }
                    if !twofold::renamed(self, &file, &seen, from, *moved).await? =>
                {
                    Errand::Take
                }
                Known::Settled | Known::Open | Known::Renamed { .. } => {
                    self.pending.forget(&file);
                    continue;
                }
                Known::Dateless => {
                    self.pending.forget(&file);
                    dateless.push((file, seen));
                    continue;
                }
            };
            full |= !self.pending.see(file, seen.identity, errand, now);
        }
        if !dateless.is_empty() {
            engine.date(&self.watched.id, dateless).await.map_err(|e| Trouble::journal(&e))?;
        }
        Ok(full)
    }

    /// Looks again at files that are due.
    async fn look_again(&mut self) {
        let due = self.pending.due(self.now());
        if due.is_empty() {
            return;
        }
        // If there is no answer, the next look reports it.
        let look = self.on_drive(move |root, pulse| scan::again(root, due, || pulse.beat()));
        let seen = look.await.unwrap_or_default();
        let now = self.now();
        for (file, identity) in seen {
            match (identity, self.pending.errand(&file)) {
                (Some(identity), Some(errand)) => {
                    self.pending.see(file, identity, errand, now);
                }
                _ => self.pending.forget(&file),
            }
        }
    }

    /// Publishes the status if it changed.
    fn say(&self, place: Option<Place>, polled: Option<Polled>, walked: Walked, trouble: Option<Trouble>) {
        let status = Status {
            place,
            polled,
            growing: self.pending.count(Why::Growing),
            open: self.pending.count(Why::Open),
            beside: self.pending.count(Why::Beside),
            half: self.pending.half(),
            unread: self.pending.count(Why::Unread),
            too_large: self.pending.count(Why::TooLarge),
            compared: self.pending.count(Why::Compared),
            closed: walked.closed,
            links: walked.links,
            odd: walked.odd,
            trouble,
        };
        let new = self.status.send_if_modified(|before| {
            let new = *before != status;
            *before = status;
            new
        });
        if new {
            self.app.touch();
        }
    }
}
