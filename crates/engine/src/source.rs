//! A file being sent: opened once per job, read at arbitrary positions by many parts at once.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf, Prefix};

use partway_core::{FileIdentity, Match};

use crate::at;
use crate::watched::Seen;

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is nothing at its path.
    #[error("it is not there")]
    Missing,
    /// A pipe, a device, a socket or a folder.
    #[error("it is not a file")]
    NotAFile,
    /// The system does not let us read it.
    #[error("{0}")]
    Unreadable(io::Error),
    /// The system says another size than what can be read of it: a file that is made while it is read, as in `/proc`.
    #[error("the system says that it has {0} bytes, and something else can be read from it")]
    NotItsSize(u64),
    /// It is not the file that was planned.
    #[error("it changed")]
    Changed(FileIdentity),
    /// Its drive does not answer.
    #[error("its drive does not answer")]
    Silent,
    /// Its content is kept elsewhere, and is still on its way here.
    #[error("it is still being fetched from where it is kept")]
    Fetching,
}

/// An open file with its planned identity.
#[derive(Debug)]
pub struct Source {
    file: File,
    path: PathBuf,
    planned: FileIdentity,
    born_ns: Option<i64>,
    elsewhere: bool,
}

impl Source {
    /// Opens the file; its current identity becomes the planned one.
    ///
    /// # Errors
    /// [`SourceError`], never `Changed`.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        looked_at(path)?;
        Self::open_seen(path)
    }

    /// Like [`open`](Self::open), for a file whose content is local; `None` if opening it might fetch it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn open_here(path: &Path) -> Result<Option<Self>, SourceError> {
        let found = looked_at(path)?;
        if found.elsewhere { Ok(None) } else { Self::open_seen(path).map(Some) }
    }

    fn open_seen(path: &Path) -> Result<Self, SourceError> {
        let file = open_without_waiting(path)?;
        let mut found = at::look_at_open(&file)?;
        // Content that is elsewhere is not fetched just to check the size.
        while !found.elsewhere && goes_on_after(&file, found.seen.identity.size)? {
            let before = std::mem::replace(&mut found, at::look_at_open(&file)?).seen.identity.size;
            // A growing file shows a larger size.
            if found.seen.identity.size == before {
                return Err(SourceError::NotItsSize(before));
            }
        }
        let Seen { identity: planned, born_ns } = found.seen;
        Ok(Self { file, path: path.to_owned(), planned, born_ns, elsewhere: found.elsewhere })
    }

    /// When the file was created, if known.
    #[must_use]
    pub const fn born_ns(&self) -> Option<i64> {
        self.born_ns
    }

    /// Whether its content was elsewhere when opened, so that reading fetches it.
    #[must_use]
    pub const fn is_elsewhere(&self) -> bool {
        self.elsewhere
    }

    /// The identity when it was opened.
    #[must_use]
    pub const fn identity(&self) -> FileIdentity {
        self.planned
    }

    /// Whether the path still leads to the same file, unchanged as far as size and modification time show.
    /// If only its change time moved, its content has to be compared in the end.
    ///
    /// # Errors
    /// `Missing`, `NotAFile`, `Changed` or `Unreadable`.
    pub fn unchanged(&self) -> Result<(), SourceError> {
        let now = identify(&self.path)?;
        if now.against(&self.planned) == Match::Different { Err(SourceError::Changed(now)) } else { Ok(()) }
    }

    /// Refines a read error by looking at the file. A read that ends early on an unchanged file means that
    /// the size the system reports is wrong.
    #[must_use]
    pub fn trouble(&self, error: io::Error) -> SourceError {
        match self.unchanged() {
            Err(trouble) => trouble,
            Ok(()) if error.kind() == io::ErrorKind::UnexpectedEof => {
                SourceError::NotItsSize(self.planned.size)
            }
            Ok(()) => SourceError::Unreadable(error),
        }
    }

    /// Fills the buffer from `offset`.
    ///
    /// # Errors
    /// `UnexpectedEof` if the file is shorter than it was, otherwise the operating system's error.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        read_exact_at(&self.file, buffer, offset)
    }
}

/// The identity of the file at a path.
///
/// # Errors
/// [`SourceError`], never `Changed`.
pub fn identify(path: &Path) -> Result<FileIdentity, SourceError> {
    let found = at::look(path)?;
    if found.kind.is_file() { Ok(found.seen.identity) } else { Err(SourceError::NotAFile) }
}

/// Looks before opening: opening a pipe would wait for its writer.
fn looked_at(path: &Path) -> Result<at::At, SourceError> {
    let found = at::look(path).map_err(|error| about(path, error))?;
    if found.kind.is_file() { Ok(found) } else { Err(SourceError::NotAFile) }
}

/// Windows turns `CON`, and other device names in any folder, into `\\.\CON`: only a file has metadata.
fn about(path: &Path, error: io::Error) -> SourceError {
    match path.components().next() {
        Some(Component::Prefix(prefix)) if matches!(prefix.kind(), Prefix::DeviceNS(_)) => {
            SourceError::NotAFile
        }
        _ => error.into(),
    }
}

impl From<io::Error> for SourceError {
    fn from(error: io::Error) -> Self {
        // A card removed from its reader, or a drive pulled while open: their letters remain (winerror.h:
        // ERROR_NOT_READY, ERROR_NO_SUCH_DEVICE, ERROR_FILE_INVALID, ERROR_NO_MEDIA_IN_DRIVE,
        // ERROR_DEVICE_NOT_CONNECTED). The ways a share disappears are in `drive.rs`.
        const AWAY: [i32; 5] = [21, 433, 1006, 1112, 1167];
        let away = cfg!(windows) && error.raw_os_error().is_some_and(|number| AWAY.contains(&number));
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            _ if away => Self::Missing,
            _ => Self::Unreadable(error),
        }
    }
}

/// Whether a byte can be read past the reported end of the file.
fn goes_on_after(file: &File, size: u64) -> Result<bool, SourceError> {
    match read_exact_at(file, &mut [0], size) {
        Ok(()) => Ok(true),
        Err(end) if end.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        // Nothing else is ever read of an empty file.
        Err(error) if size == 0 => Err(SourceError::Unreadable(error)),
        Err(_) => Ok(false),
    }
}

/// `O_NONBLOCK` has no effect on files, but if the path has become a pipe since it was looked at, opening
/// does not hang.
#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    /// `O_NONBLOCK` of Linux and of macOS (their `fcntl.h`).
    const O_NONBLOCK: i32 = if cfg!(target_os = "linux") { 0o4000 } else { 0x4 };
    std::fs::OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(path)
}

/// The standard library's default sharing mode: others may read, write, rename and delete the file
/// meanwhile.
#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(crate::exact::exact(path))
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !buffer.is_empty() {
        match file.seek_read(buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_that_grows_is_no_longer_the_planned_one() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"one").unwrap();
        let source = Source::open(file.path()).unwrap();
        assert!(source.unchanged().is_ok());
        file.write_all(b"two").unwrap();
        assert!(matches!(source.unchanged(), Err(SourceError::Changed(now)) if now.size == 6));
    }

    #[test]
    fn a_file_replaced_by_another_of_the_same_size_and_time_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("a"), dir.path().join("b"));
        std::fs::write(&path, "one").unwrap();
        std::fs::write(&other, "two").unwrap();
        let time = std::fs::metadata(&path).unwrap().modified().unwrap();
        File::options().write(true).open(&other).unwrap().set_modified(time).unwrap();
        let source = Source::open(&path).unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert!(matches!(source.unchanged(), Err(SourceError::Changed(_))));
    }

    #[test]
    fn while_a_file_is_sent_others_may_write_rename_and_delete_it() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("a"), dir.path().join("b"));
        std::fs::write(&path, "one").unwrap();
        let source = Source::open(&path).unwrap();
        File::options().write(true).open(&path).unwrap().write_all(b"two").unwrap();
        std::fs::rename(&path, &other).unwrap();
        let mut three = [0; 3];
        source.read_at(&mut three, 0).unwrap();
        assert_eq!(&three, b"two");
        std::fs::remove_file(&other).unwrap();
        assert!(matches!(source.unchanged(), Err(SourceError::Missing)));
    }

    #[test]
    fn reading_past_the_end_says_so() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"abc").unwrap();
        let source = Source::open(file.path()).unwrap();
        let mut two = [0; 2];
        source.read_at(&mut two, 1).unwrap();
        assert_eq!(&two, b"bc");
        assert_eq!(source.read_at(&mut two, 2).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn what_is_not_there_and_what_is_a_folder_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(Source::open(&dir.path().join("no")), Err(SourceError::Missing)));
        assert!(matches!(Source::open(dir.path()), Err(SourceError::NotAFile)));
    }
}
