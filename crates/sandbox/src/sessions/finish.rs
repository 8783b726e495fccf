//! Completes a session: its parts become one plain file under `objects/`.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::choose::{self, Denied};
use super::name;
use super::session::{Done, Session, Stored};
use crate::disk::write_whole;
use crate::faults::effect::Whole;
use crate::random::random_hex;

/// The folder of finished objects, with a lock for those that look for a place there.
pub(crate) struct Objects {
    /// The sandbox's folder.
    pub(crate) dir: PathBuf,
    pub(crate) discard: bool,
    /// The bucket: for each key, the upload that made its object. One search for a place at a time.
    keys: Mutex<BTreeMap<String, Arc<Session>>>,
}

impl Objects {
    /// The objects that these sessions made.
    pub(crate) fn new(dir: PathBuf, discard: bool, sessions: Vec<Arc<Session>>) -> Self {
        let mut made: Vec<_> = sessions
            .into_iter()
            .filter_map(|session| {
                let (key, at) = (session.about.key.clone()?, session.state().done.as_ref()?.at);
                Some((at, key, session))
            })
            .collect();
        made.sort_by_key(|(at, _, _)| *at);
        let keys = made.into_iter().map(|(_, key, session)| (key, session)).collect();
        Self { dir, discard, keys: Mutex::new(keys) }
    }

    /// Locks the bucket.
    pub(crate) fn keys(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Session>>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happens if an object's place is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It gets another name, with a number.
    Number,
    /// It replaces the object with its key.
    Replace,
    /// It is not made.
    Deny,
}

/// The result of completing.
#[derive(Debug)]
pub(crate) enum Finish {
    /// It is done now.
    Now(Done),
    /// It was done earlier.
    Before(Done),
    /// The chosen parts make no object.
    Denied(Denied),
}

/// Makes the object from the parts that `choose` picks, in their order. Blocking: parts stored beside the
/// object (sent twice, or of a length that was unknown before) are copied to their places here.
pub(crate) fn finish(
    session: &Arc<Session>,
    objects: &Objects,
    now: Timestamp,
    (taken, whole): (Taken, Whole),
    choose: impl FnOnce(&BTreeMap<u32, Stored>) -> Result<Vec<Stored>, Denied>,
) -> io::Result<Finish> {
    let _one = session.finishing.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(done) = session.state().done.clone() {
        return Ok(Finish::Before(done));
    }
    // No part may come or go between the choice and the closing.
    let mut closed = session.closed.write().unwrap_or_else(PoisonError::into_inner);
    if *closed {
        return Ok(Finish::Denied(Denied::Aborted));
    }
    let chosen = match choose(&session.state().parts) {
        Ok(chosen) => chosen,
        Err(denied) => return Ok(Finish::Denied(denied)),
    };
    *closed = true;
    drop(closed);
    let placed = place(session, objects, now, (taken, whole), &chosen);
    if !matches!(placed, Ok(Finish::Now(_))) {
        *session.closed.write().unwrap_or_else(PoisonError::into_inner) = false;
    }
    placed
}

fn place(
    session: &Arc<Session>,
    objects: &Objects,
    now: Timestamp,
    (taken, whole): (Taken, Whole),
    chosen: &[Stored],
) -> io::Result<Finish> {
    let about = &session.about;
    let folder = if about.folder.is_empty() { String::new() } else { format!("{}/", about.folder) };
    let mut done = Done {
        object: format!("objects/{folder}{}", about.name),
        file_no: random_hex(8),
        at: now,
        discarded: objects.discard,
        size: chosen.iter().map(|stored| stored.size).sum(),
        opaque: chosen.iter().any(|stored| stored.opaque.is_some() && !stored.unmarked),
        etag: choose::whole(chosen, about.in_parts, whole),
    };
    if taken == Taken::Deny && is_taken(&objects.keys(), about.key.as_deref()) {
        return Ok(Finish::Denied(Denied::Exists)); // before much is copied
    }
    if !objects.discard {
        put_together(session, chosen, done.size)?;
    }
    let mut keys = objects.keys();
    if taken == Taken::Deny && is_taken(&keys, about.key.as_deref()) {
        return Ok(Finish::Denied(Denied::Exists));
    }
    let before = about.key.as_ref().and_then(|key| keys.get(key)?.state().done.clone());
    let before = before.filter(|before| taken != Taken::Number && before.discarded == objects.discard);
    let path = match before {
        Some(before) => objects.dir.join(before.object),
        None if objects.discard => objects.dir.join(&done.object),
        None => name::free(&objects.dir.join("objects"), &about.folder, &about.name)?,
    };
    done.object = relative(&objects.dir, &path);
    write_whole(&session.dir.join("done.json"), &serde_json::to_vec(&done)?, false)?;
    if !objects.discard {
        fs::rename(session.data(), &path)?;
    }
    session.state().done = Some(done.clone());
    if let Some(key) = &about.key {
        keys.insert(key.clone(), session.clone());
    }
    drop(keys);
    let asides: Vec<_> = session.state().parts.values().filter_map(|stored| stored.aside.clone()).collect();
    for aside in asides {
        let _ = fs::remove_file(session.dir.join(aside));
    }
    Ok(Finish::Now(done))
}

fn is_taken(keys: &BTreeMap<String, Arc<Session>>, key: Option<&str>) -> bool {
    key.is_some_and(|key| keys.contains_key(key))
}

/// Copies the parts to their places in one file, which is then truncated at their end.
fn put_together(session: &Session, chosen: &[Stored], size: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(session.data())?;
    let mut at = 0;
    for stored in chosen {
        if let Some(aside) = &stored.aside {
            file.seek(SeekFrom::Start(at))?;
            io::copy(&mut File::open(session.dir.join(aside))?, &mut file)?;
        }
        at += stored.size;
    }
    // An earlier, interrupted complete may have had more parts.
    file.set_len(size)
}

fn relative(dir: &Path, path: &Path) -> String {
    let below = path.strip_prefix(dir).unwrap_or(path);
    let segments: Vec<_> = below.iter().map(|s| s.to_string_lossy()).collect();
    segments.join("/")
}
