//! Completing a session: its parts become one plain file under `objects/`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::name;
use super::part::write_all_at;
use super::session::{Done, Session};
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
    /// These parts are not there.
    Missing(Vec<u32>),
}

/// Makes the object. Blocking: a part that was sent twice is copied to its place here.
pub(crate) fn finish(session: &Session, objects: &Objects, now: Timestamp) -> io::Result<Finish> {
    let _one = session.finishing.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(done) = session.state().done.clone() {
        return Ok(Finish::Before(done));
    }
    let missing = session.missing();
    if !missing.is_empty() {
        return Ok(Finish::Missing(missing));
    }
    *session.closed.write().unwrap_or_else(PoisonError::into_inner) = true;
    let done = place(session, objects, now).inspect_err(|_| {
        *session.closed.write().unwrap_or_else(PoisonError::into_inner) = false;
    })?;
    session.state().done = Some(done.clone());
    Ok(Finish::Now(done))
}

fn place(session: &Session, objects: &Objects, now: Timestamp) -> io::Result<Done> {
    let about = &session.about;
    let folder = if about.folder.is_empty() { String::new() } else { format!("{}/", about.folder) };
    let mut done = Done {
        object: format!("objects/{folder}{}", about.name),
        file_no: random_hex(8),
        at: now,
        discarded: objects.discard,
    };
    let record = session.dir.join("done.json");
    if objects.discard {
        write_whole(&record, &serde_json::to_vec(&done)?, false)?;
        return Ok(done);
    }
    let asides: Vec<_> =
        session.state().parts.values().filter_map(|p| p.aside.clone().map(|a| (p.part, a))).collect();
    let data = session.data();
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&data)?;
    for (part, aside) in &asides {
        copy(&session.dir.join(aside), &file, about.offset(*part))?;
    }
    file.set_len(about.size)?;
    drop(file);

    let _turn = objects.turn.lock().unwrap_or_else(PoisonError::into_inner);
    let path = name::free(&objects.dir.join("objects"), &about.folder, &about.name)?;
    done.object = relative(&objects.dir, &path);
    write_whole(&record, &serde_json::to_vec(&done)?, false)?;
    fs::rename(&data, &path)?;
    for (_, aside) in asides {
        let _ = fs::remove_file(session.dir.join(aside));
    }
    Ok(done)
}

fn copy(from: &Path, to: &File, mut at: u64) -> io::Result<()> {
    let mut from = File::open(from)?;
    let mut block = vec![0; 256 * 1024];
    loop {
        let n = from.read(&mut block)?;
        if n == 0 {
            return Ok(());
        }
        write_all_at(to, &block[..n], at)?;
        at += n as u64;
    }
}

fn relative(dir: &Path, path: &Path) -> String {
    let below = path.strip_prefix(dir).unwrap_or(path);
    let segments: Vec<_> = below.iter().map(|s| s.to_string_lossy()).collect();
    segments.join("/")
}
