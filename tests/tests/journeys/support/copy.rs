//! The data folder as it was at a moment: what a journal held when its process was killed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// A copy of a data folder, without its lock and its socket.
pub(crate) struct DataCopy {
    folder: tempfile::TempDir,
}

/// What a journal says of the one file in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Confirmed {
    /// The vendor's session, as the journal keeps it; `None` where none is open.
    pub(crate) session: Option<String>,
    /// Parts with a receipt in that session.
    pub(crate) parts: BTreeSet<u64>,
}

impl DataCopy {
    /// Copies it. Who writes it must have ended, or the copy is as torn as a disk after a power cut.
    pub(crate) fn of(data: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["journal.db", "journal.db-wal"] {
            if data.join(name).exists() {
                std::fs::copy(data.join(name), folder.path().join(name)).unwrap();
            }
        }
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The journal's log of what is not in its main file yet.
    pub(crate) fn wal(&self) -> PathBuf {
        self.folder.path().join("journal.db-wal")
    }

    /// What is confirmed in the session that is open.
    pub(crate) fn confirmed(&self) -> Confirmed {
        let conn = Connection::open(self.folder.path().join("journal.db")).unwrap();
        let session =
            conn.query_row("SELECT body FROM session WHERE status = 'open'", [], |row| row.get(0)).ok();
        let mut statement = conn
            .prepare(
                "SELECT part FROM receipt JOIN session ON session.id = receipt.session WHERE status = 'open'",
            )
            .unwrap();
        let parts = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        Confirmed { session, parts }
    }
}
