//! Whether a file is still the one that was planned.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A file system timestamp: nanoseconds since the Unix epoch, modulo 2⁶⁴.
///
/// File systems hold years from 1601 to far beyond 2262, where nanoseconds no longer fit 64 bits. File times
/// are only compared for equality, and no file has two that are 584 years apart: so wrapping loses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTime(pub i64);

impl FileTime {
    /// From whole seconds since the epoch, negative before it, and the nanoseconds after them.
    #[must_use]
    pub const fn new(seconds: i64, nanoseconds: i64) -> Self {
        Self(seconds.wrapping_mul(1_000_000_000).wrapping_add(nanoseconds))
    }

    /// Converts a time of the standard library.
    #[must_use]
    pub fn of(time: SystemTime) -> Self {
        let since = |apart: std::time::Duration| {
            Self::new(apart.as_secs().cast_signed(), i64::from(apart.subsec_nanos()))
        };
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => since(after),
            Err(before) => Self(since(before.duration()).0.wrapping_neg()),
        }
    }
}

/// Size, times and file system id of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileIdentity {
    /// Bytes.
    pub size: u64,
    /// When the content was last modified; programs can set it freely.
    pub modified: FileTime,
    /// When anything of the file last changed (content, times, rights, names): no program can set it. `None`
    /// if the system does not report it, or if it was not recorded.
    pub changed: Option<FileTime>,
    /// Device and inode (Unix), volume serial and file index (Windows); `None` if the system has none.
    pub file_id: Option<(u64, u64)>,
}

/// How a file compares to its recorded identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// The same, and unchanged.
    Same,
    /// Only the change time moved, or it was not recorded: the file was overwritten and its modification time
    /// put back, or only its rights, a link or its name changed. Only its bytes can show which.
    Touched,
    /// Another file, or another version of it.
    Different,
}

impl FileIdentity {
    /// Compares the file as it is now with what was recorded before.
    #[must_use]
    pub fn against(&self, noted: &Self) -> Match {
        let same = |one: &Self| (one.size, one.modified, one.file_id);
        match (same(self) == same(noted), self.changed == noted.changed) {
            (true, true) => Match::Same,
            (true, false) => Match::Touched,
            (false, _) => Match::Different,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_time_of_change_that_moved_alone_or_was_not_noted_is_told_apart_from_a_change() {
        let noted = FileIdentity {
            size: 5,
            modified: FileTime(1),
            changed: Some(FileTime(2)),
            file_id: Some((3, 4)),
        };
        let touched = FileIdentity { changed: Some(FileTime(9)), ..noted };
        let unknown = FileIdentity { changed: None, ..noted };
        assert_eq!(noted.against(&noted), Match::Same);
        assert_eq!(unknown.against(&unknown), Match::Same, "where the system does not tell it");
        assert_eq!(touched.against(&noted), Match::Touched);
        assert_eq!(noted.against(&unknown), Match::Touched, "an older journal has none");
        for other in [
            FileIdentity { size: 6, ..touched },
            FileIdentity { modified: FileTime(7), ..noted },
            FileIdentity { file_id: Some((3, 5)), ..noted },
            FileIdentity { file_id: None, ..noted },
        ] {
            assert_eq!(other.against(&noted), Match::Different);
        }
    }

    #[test]
    fn every_time_has_one_value_that_differs_from_its_neighbours() {
        for seconds in [i64::MIN, -11_644_473_600, -1, 0, 9_223_372_036, 15_032_385_535, i64::MAX - 1] {
            let at = FileTime::new(seconds, 5);
            assert_ne!(at, FileTime::new(seconds, 6));
            assert_ne!(at, FileTime::new(seconds + 1, 5));
        }
        let half = Duration::from_millis(500);
        assert_eq!(FileTime::of(UNIX_EPOCH), FileTime(0));
        assert_eq!(FileTime::of(UNIX_EPOCH + half), FileTime::new(0, 500_000_000));
        // As systems report it: whole seconds, rounded down, and the part after them.
        assert_eq!(FileTime::of(UNIX_EPOCH - half), FileTime::new(-1, 500_000_000));
    }
}
