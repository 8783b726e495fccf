//! Completing a session: its parts become one plain file under `objects/`.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::choose::{self, Denied};
use super::name;
use super::session::{Done, Session, Stored};
use crate::settings::{random_hex, write_whole};

/// Where finished objects lie, and the turn-taking of those that look for a free name there.
pub(crate) struct Objects {
    /// The sandbox's folder.
    pub(crate) dir: std::path::PathBuf,
    /// One search for a name at a time.
    pub(crate) turn: Mutex<()>,
    pub(crate) discard: bool,
}

/// What completing found.
#[derive(Debug)]
pub(crate) enum Finish {
    /// It is done now.
    Now(Done),
    /// It was done before.
    Before(Done),
    /// The parts that were chosen make no object.
    Denied(Denied),
}

/// Makes the object of the parts that `choose` picks, in their order. Blocking: parts that lie beside the object (sent
/// twice, or of a length that nobody knew before) are copied to their places here.
pub(crate) fn finish(
    session: &Session,
    objects: &Objects,
    now: Timestamp,
    choose: impl FnOnce(&BTreeMap<u32, Stored>) -> Result<Vec<Stored>, Denied>,
) -> io::Result<Finish> {
    let _one = session.finishing.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(done) = session.state().done.clone() {
        return Ok(Finish::Before(done));
    }
    // No part comes or goes between the choice and the closing.
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
    let done = place(session, objects, now, &chosen).inspect_err(|_| {
        *session.closed.write().unwrap_or_else(PoisonError::into_inner) = false;
    })?;
    session.state().done = Some(done.clone());
    Ok(Finish::Now(done))
}

fn place(session: &Session, objects: &Objects, now: Timestamp, chosen: &[Stored]) -> io::Result<Done> {
    let about = &session.about;
    let folder = if about.folder.is_empty() { String::new() } else { format!("{}/", about.folder) };
    let mut done = Done {
        object: format!("objects/{folder}{}", about.name),
        file_no: random_hex(8),
        at: now,
        discarded: objects.discard,
        size: chosen.iter().map(|stored| stored.size).sum(),
        etag: choose::etag(chosen),
    };
    let record = session.dir.join("done.json");
    if objects.discard {
        write_whole(&record, &serde_json::to_vec(&done)?, false)?;
        return Ok(done);
    }
    let data = session.data();
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(&data)?;
    let mut at = 0;
    for stored in chosen {
        if let Some(aside) = &stored.aside {
            file.seek(SeekFrom::Start(at))?;
            io::copy(&mut File::open(session.dir.join(aside))?, &mut file)?;
        }
        at += stored.size;
    }
    file.set_len(done.size)?;
    drop(file);

    let _turn = objects.turn.lock().unwrap_or_else(PoisonError::into_inner);
    let path = name::free(&objects.dir.join("objects"), &about.folder, &about.name)?;
    done.object = relative(&objects.dir, &path);
    write_whole(&record, &serde_json::to_vec(&done)?, false)?;
    fs::rename(&data, &path)?;
    for aside in session.state().parts.values().filter_map(|stored| stored.aside.as_ref()) {
        let _ = fs::remove_file(session.dir.join(aside));
    }
    Ok(done)
}

fn relative(dir: &Path, path: &Path) -> String {
    let below = path.strip_prefix(dir).unwrap_or(path);
    let segments: Vec<_> = below.iter().map(|s| s.to_string_lossy()).collect();
    segments.join("/")
}
