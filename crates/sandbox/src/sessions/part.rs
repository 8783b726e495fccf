//! Writes a part to disk: directly to its place in the object, or beside it if that place is taken.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use md5::{Digest, Md5};

use super::session::{Session, Stored};
use crate::random::random_hex;

/// Receives one attempt at one part. Dropping it before `keep` leaves what was stored before unchanged.
pub(crate) struct Incoming {
    session: Arc<Session>,
    part: u32,
    file: Option<File>,
    /// The file beside the object, if the part's own place holds another attempt's bytes.
    aside: Option<PathBuf>,
    /// Whether it has the part's own place in the object, which nobody else may write to meanwhile.
    in_place: bool,
    at: u64,
    size: u64,
    md5: Md5,
    kept: bool,
}

impl Incoming {
    /// Opens a place for the part. A part that is stored already, or being written by another attempt, keeps
    /// its place until this attempt is complete; a part whose offset is unknown gets a separate file.
    pub(crate) fn open(session: &Arc<Session>, part: u32, discard: bool) -> io::Result<Self> {
        let mut this = Self {
            session: session.clone(),
            part,
            file: None,
            aside: None,
            in_place: false,
            at: 0,
            size: 0,
            md5: Md5::new(),
            kept: false,
        };
        if discard {
            return Ok(this);
        }
        let place = session.about.offset(part).filter(|_| {
            let mut state = session.state();
            !state.parts.contains_key(&part) && state.in_place.insert(part)
        });
        let path = if let Some(at) = place {
            this.in_place = true;
            this.at = at;
            session.data()
        } else {
            let path = session.dir.join(format!("part-{part}-{}", random_hex(4)));
            this.aside = Some(path.clone());
            path
        };
        this.file = Some(OpenOptions::new().create(true).truncate(false).write(true).open(path)?);
        Ok(this)
    }

    /// Writes the next bytes. Blocks for as long as the page cache does.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.md5.update(bytes);
        if let Some(file) = &self.file {
            let closed = self.session.closed.read().unwrap_or_else(PoisonError::into_inner);
            if *closed {
                return Err(io::Error::other("the upload was completed meanwhile"));
            }
            write_all_at(file, bytes, self.at + self.size)?;
        }
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Bytes received so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The MD5 of the bytes received so far, in hex.
    pub(crate) fn md5(&self) -> String {
        hex::encode(self.md5.clone().finalize())
    }

    /// Keeps the part: it now survives a kill, and replaces what was stored under its number. Returns its
    /// MD5. `opaque` is its ETag if that is not its MD5; `unmarked` means that no header says so.
    pub(crate) fn keep(
        mut self,
        opaque: Option<String>,
        unmarked: bool,
        checksum: Option<String>,
        at: Timestamp,
    ) -> io::Result<String> {
        let md5 = hex::encode(std::mem::take(&mut self.md5).finalize());
        let name = |path: &PathBuf| path.file_name().and_then(|n| n.to_str()).map(str::to_owned);
        let stored = Stored {
            part: self.part,
            size: self.size,
            md5: md5.clone(),
            aside: self.aside.as_ref().and_then(name),
            opaque,
            unmarked,
            checksum,
            at,
        };
        let mut line = serde_json::to_vec(&stored)?;
        line.push(b'\n');
        let closed = self.session.closed.read().unwrap_or_else(PoisonError::into_inner);
        if *closed {
            return Err(io::Error::other("the upload was completed meanwhile"));
        }
        let mut state = self.session.state();
        let path = self.session.dir.join("parts.ndjson");
        OpenOptions::new().create(true).append(true).open(path)?.write_all(&line)?;
        let before = state.parts.insert(self.part, stored);
        if self.in_place {
            state.in_place.remove(&self.part);
        }
        drop(state);
        drop(closed);
        if let Some(old) = before.and_then(|old| old.aside) {
            let _ = fs::remove_file(self.session.dir.join(old));
        }
        self.kept = true;
        Ok(md5)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        if let Some(path) = &self.aside {
            let _ = fs::remove_file(path);
        }
        // Also if its file could not be opened: the next attempt needs the place.
        if self.in_place {
            self.session.state().in_place.remove(&self.part);
        }
    }
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        if n == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(n..).unwrap_or_default();
        at += n as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::session::{About, State};
    use super::*;

    #[test]
    fn a_part_whose_file_cannot_be_opened_leaves_its_place_to_the_next_attempt() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("session");
        let about =
            About { part_size: Some(5), ..About::new("s3", "1".into(), "a".into(), Timestamp::UNIX_EPOCH) };
        let session = Arc::new(Session::new(about, folder.clone(), State::default()));

        assert!(Incoming::open(&session, 2, false).is_err(), "its folder is missing");
        assert!(session.state().in_place.is_empty());

        fs::create_dir(&folder).unwrap();
        let second = Incoming::open(&session, 2, false).unwrap();
        assert!(second.in_place);
        let third = Incoming::open(&session, 2, false).unwrap();
        assert!(third.aside.is_some(), "the place is the second's");
        drop(third);
        assert!(session.state().in_place.contains(&2), "and stays so");
        drop(second);
        assert!(session.state().in_place.is_empty());
    }
}
