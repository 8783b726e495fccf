//! All sessions: begin, find, and read back from disk after a restart.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use super::session::{About, Done, Session, State, Stored};
use crate::disk::write_whole;
use crate::error::Error;

/// The sessions of one sandbox.
pub(crate) struct Shelf {
    dir: PathBuf,
    all: RwLock<HashMap<String, Arc<Session>>>,
}

impl Shelf {
    /// Reads the folder. Unfinished sessions that expired are deleted: nothing could be sent to them any
    /// more. `over` is called for each.
    pub(crate) fn open(dir: PathBuf, now: Timestamp, mut over: impl FnMut(&About)) -> Result<Self, Error> {
        fs::create_dir_all(&dir).map_err(Error::at(&dir))?;
        let mut all = HashMap::new();
        for entry in fs::read_dir(&dir).map_err(Error::at(&dir))? {
            let path = entry.map_err(Error::at(&dir))?.path();
            match read(&path) {
                Some(session) if session.state().done.is_some() || session.about.expires > now => {
                    all.insert(session.about.id.clone(), Arc::new(session));
                }
                _ if !path.is_dir() => {}
                other => {
                    if let Some(session) = other {
                        over(&session.about);
                    }
                    fs::remove_dir_all(&path).map_err(Error::at(&path))?;
                }
            }
        }
        Ok(Self { dir, all: RwLock::new(all) })
    }

    /// Begins a session; when this returns, it survives a kill.
    pub(crate) fn begin(&self, about: About) -> io::Result<Arc<Session>> {
        let dir = self.dir.join(&about.id);
        fs::create_dir_all(&dir)?;
        write_whole(&dir.join("session.json"), &serde_json::to_vec(&about)?, false)?;
        let session = Arc::new(Session::new(about, dir, State::default()));
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(session.about.id.clone(), session.clone());
        Ok(session)
    }

    /// Aborts an unfinished session and deletes its parts; false if it is finished. Waits for the block that
    /// a part is writing; later ones are refused.
    pub(crate) fn abort(&self, session: &Session) -> io::Result<bool> {
        let _one = session.finishing.lock().unwrap_or_else(PoisonError::into_inner);
        if session.state().done.is_some() {
            return Ok(false);
        }
        *session.closed.write().unwrap_or_else(PoisonError::into_inner) = true;
        self.forget(session).map(|()| true)
    }

    /// Forgets a session and deletes its folder.
    pub(crate) fn forget(&self, session: &Session) -> io::Result<()> {
        self.all.write().unwrap_or_else(PoisonError::into_inner).remove(&session.about.id);
        // The description is deleted first: whatever a kill, or a part that holds its file open, leaves of
        // the folder is deleted at the next start.
        fs::remove_file(session.dir.join("session.json"))?;
        let _ = fs::remove_dir_all(&session.dir);
        Ok(())
    }

    /// The session with this id.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Session>> {
        self.all.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// The session with this id, if it is of this kind.
    pub(crate) fn find_of(&self, kind: &str, id: &str) -> Option<Arc<Session>> {
        self.find(id).filter(|session| session.about.kind == kind)
    }

    /// The sessions of one kind, oldest first.
    pub(crate) fn list_of(&self, kind: &str) -> Vec<Arc<Session>> {
        let mut all = self.list();
        all.retain(|session| session.about.kind == kind);
        all
    }

    /// All sessions, oldest first.
    pub(crate) fn list(&self) -> Vec<Arc<Session>> {
        let mut all: Vec<_> =
            self.all.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        all.sort_by(|a, b| (a.about.started, &a.about.id).cmp(&(b.about.started, &b.about.id)));
        all
    }
}

/// Reads a session's folder, if its start was written completely.
fn read(dir: &Path) -> Option<Session> {
    let about: About = serde_json::from_slice(&fs::read(dir.join("session.json")).ok()?).ok()?;
    let mut state = State::default();
    for line in fs::read_to_string(dir.join("parts.ndjson")).unwrap_or_default().lines() {
        // A kill can truncate the last line; its part was not answered then.
        if let Ok(stored) = serde_json::from_str::<Stored>(line) {
            state.parts.insert(stored.part, stored);
        }
    }
    let done = fs::read(dir.join("done.json")).ok();
    let done: Option<Done> = done.and_then(|text| serde_json::from_slice(&text).ok());
    // The record is written before the object moves. After a kill between the two, the object is still here,
    // and the next complete moves it.
    state.done = done.filter(|done| done.discarded || !dir.join("data.partial").exists());
    Some(Session::new(about, dir.to_owned(), state))
}
