//! The app's journal, seen from outside.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use super::Desk;

/// What is read there. From a copy, so that looking changes nothing; `None` where it was copied while it was being written, and so torn: then the
/// next look counts.
pub(super) fn look<T>(data: &Path, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Option<T> {
    let copy = TempDir::new().unwrap();
    for name in ["journal.db", "journal.db-wal"] {
        // The log beside the database is not there after it was taken up.
        let _ = fs::copy(data.join(name), copy.path().join(name));
    }
    read(&Connection::open(copy.path().join("journal.db")).ok()?).ok()
}

impl Desk {
    /// How many notifications stand, as the next process would find it.
    pub(crate) fn standing(&self) -> usize {
        let places = look(&self.data(), |journal| {
            journal.query_row("SELECT value FROM setting WHERE name = 'notifications'", [], |row| {
                row.get::<_, String>(0)
            })
        });
        places
            .and_then(|json| Some(serde_json::from_str::<Vec<String>>(&json).ok()?.len()))
            .unwrap_or_default()
    }
}
