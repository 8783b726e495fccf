//! The disk takes nothing any more: full, read-only or gone. That is told, because until a person makes room nothing can be confirmed.

use std::fmt;

use rusqlite::ErrorCode;

/// Why the journal takes nothing up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwritable {
    /// The disk is full; otherwise something else is wrong with it.
    pub full: bool,
    /// What is wrong with it, in plain words.
    pub why: String,
}

impl Unwritable {
    /// What an error of SQLite says about the disk; `None` where it says nothing about it.
    pub(super) fn of(error: &rusqlite::Error) -> Option<Self> {
        // sqlite.org/rescode.html: 13 SQLITE_FULL, 8 SQLITE_READONLY, 10 SQLITE_IOERR, 14 SQLITE_CANTOPEN.
        let (full, why) = match error.sqlite_error_code()? {
            ErrorCode::DiskFull => (true, "its disk is full"),
            ErrorCode::ReadOnly => (false, "it is read-only"),
            ErrorCode::SystemIoFailure => (false, "its disk could not read or write it"),
            ErrorCode::CannotOpen => (false, "what lies in it cannot be opened"),
            _ => return None,
        };
        Some(Self { full, why: why.into() })
    }
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.full {
            f.write_str("the disk that holds the data folder is full, so nothing can be written down")
        } else {
            write!(f, "the data folder cannot be written ({}); its disk may be full or read-only", self.why)
        }
    }
}
