//! The disk accepts no writes: full, read-only or gone. Reported because nothing can be confirmed until the
//! user makes room.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::plain::is_open_files;

/// Why the journal cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwritable {
    /// The disk is full, as opposed to any other problem.
    pub full: bool,
    /// The disk is fine: this computer, or the user's limit, lets Partway open no more files.
    pub open_files: bool,
    /// What is wrong with it, in plain words.
    pub why: String,
}

impl Unwritable {
    /// What an SQLite error says about the disk; `None` if nothing.
    pub(super) fn of(error: &rusqlite::Error) -> Option<Self> {
        // sqlite.org/rescode.html: 13 SQLITE_FULL, 8 SQLITE_READONLY, 10 SQLITE_IOERR, 14 SQLITE_CANTOPEN.
        let (full, why) = match error.sqlite_error_code()? {
            ErrorCode::DiskFull => (true, "its disk is full"),
            ErrorCode::ReadOnly => (false, "it is read-only"),
            ErrorCode::SystemIoFailure => (false, "its disk could not read or write it"),
            ErrorCode::CannotOpen => (false, "what lies in it cannot be opened"),
            _ => return None,
        };
        // SQLite does not say why it could not open a file.
        if !full && no_more_files() {
            return Some(Self {
                full,
                open_files: true,
                why: "too many files are open on this computer".into(),
            });
        }
        Some(Self { full, open_files: false, why: why.into() })
    }
}

impl Unwritable {
    /// Adds the name of the file at fault if it is exactly one: SQLite writes to three, and reports only
    /// that a write failed.
    pub(super) fn at(self, journal: &Path) -> Self {
        if self.full || self.open_files {
            return self;
        }
        let of = |suffix: &str| {
            let mut name = journal.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        let locked: Vec<_> =
            ["", "-wal", "-shm"].into_iter().map(of).filter(|path| is_locked(path)).collect();
        let [one] = locked.as_slice() else { return self };
        let name = one.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { why: format!("{name} in it may not be written, and the other files may"), ..self }
    }
}

/// Whether no file at all can be opened at present.
fn no_more_files() -> bool {
    std::fs::File::open(std::path::Component::CurDir).is_err_and(|error| is_open_files(&error))
}

/// Whether a file exists and cannot be written, by its mode or because the system refuses.
fn is_locked(path: &Path) -> bool {
    let Ok(found) = std::fs::metadata(path) else { return false };
    let refused = || {
        std::fs::OpenOptions::new().write(true).open(path).is_err_and(|error| {
            matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
        })
    };
    found.is_file() && (found.permissions().readonly() || refused())
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.open_files {
            f.write_str("too many files are open on this computer, so nothing can be written down")
        } else if self.full {
            f.write_str("the disk that holds the data folder is full, so nothing can be written down")
        } else {
            write!(f, "the data folder cannot be written ({})", self.why)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_file_that_may_not_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.db");
        let read_only = || Unwritable { full: false, open_files: false, why: "it is read-only".into() };
        let lock = |name: &str, locked: bool| {
            let path = folder.path().join(name);
            std::fs::write(&path, "").unwrap_or_default();
            let mut permissions = std::fs::metadata(&path).unwrap().permissions();
            permissions.set_readonly(locked);
            std::fs::set_permissions(&path, permissions).unwrap();
        };
        for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
            lock(name, false);
        }
        assert_eq!(read_only().at(&journal).why, "it is read-only", "nothing speaks for one of them");
        for name in ["journal.db-wal", "journal.db-shm", "journal.db"] {
            lock(name, true);
            assert_eq!(
                read_only().at(&journal).to_string(),
                format!(
                    "the data folder cannot be written ({name} in it may not be written, and the other files may)"
                )
            );
            lock(name, false);
        }
        lock("journal.db", true);
        lock("journal.db-wal", true);
        assert_eq!(read_only().at(&journal).why, "it is read-only", "all that lies there is");
        let full = Unwritable { full: true, open_files: false, why: "its disk is full".into() };
        assert_eq!(full.clone().at(&journal), full);
    }
}
