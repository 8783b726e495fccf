//! The durable record: one SQLite file, one thread that writes, one that reads.
//!
//! **What the journal does not know is not confirmed.** Writes are closures that run one after the other on the writer thread; those that wait
//! at the same moment share one transaction (and so one fsync), each in a savepoint of its own, and each is answered only after the commit.

pub(crate) mod batches;
pub(crate) mod destinations;
pub(crate) mod events;
pub(crate) mod jobs;
pub(crate) mod list;
mod migrations;
mod open;
pub(crate) mod sessions;
pub(crate) mod settings;
mod thread;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use thiserror::Error;

pub(crate) use open::Opened;

/// So long a connection waits for another one.
const BUSY: Duration = Duration::from_secs(10);

/// Why the journal could not do something.
#[derive(Debug, Error)]
pub enum JournalError {
    /// SQLite said no.
    #[error("the journal could not be read or written: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file system said no.
    #[error("the journal {path} could not be opened: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A newer Partway wrote it; it is left untouched.
    #[error(
        "this data folder was written by a newer Partway (journal version {found}, this one knows up to {known}); install the newer version, nothing was changed"
    )]
    Newer {
        /// The version of the file.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// A row holds what no Partway wrote.
    #[error("the journal holds something that cannot be right: {0}")]
    Damaged(String),
    /// The journal was closed.
    #[error("the journal is closed")]
    Closed,
}

/// Result of a journal call.
pub(crate) type Result<T> = std::result::Result<T, JournalError>;

/// The open journal. Cheap to clone.
#[derive(Clone)]
pub struct Journal {
    writer: thread::Lane,
    reader: thread::Lane,
    path: PathBuf,
}

impl Journal {
    /// Opens the journal under `data_dir`, or makes one; migrates an older one after keeping a copy, sets a damaged one aside.
    ///
    /// # Errors
    /// [`JournalError::Newer`] for a journal from the future, `Io` or `Sqlite` where the folder cannot be used.
    pub(crate) fn open(data_dir: &Path, now_ms: i64) -> std::result::Result<Opened, JournalError> {
        open::open(data_dir, now_ms)
    }

    /// Runs a write and answers after it is on the disk.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.writer.run(work).await
    }

    /// Runs a read on what was committed before.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.reader.run(work).await
    }

    /// Writes the log back into the file and empties it, so that deleted links are nowhere on the disk any more. `false`: somebody reads
    /// in it at this moment, so it has to be done again; the writer does not wait for that.
    pub(crate) async fn wipe_log(&self) -> Result<bool> {
        self.writer
            .outside(|conn| {
                conn.busy_timeout(Duration::ZERO)?;
                let busy = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
                conn.busy_timeout(BUSY)?;
                Ok(!busy?)
            })
            .await
    }

    /// Where the journal lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Ends both threads after everything that was asked before is done.
    pub(crate) async fn close(&self) {
        self.reader.close().await;
        match self.wipe_log().await {
            Ok(true) => {}
            Ok(false) => tracing::warn!("the journal's log was not emptied: somebody reads in it"),
            Err(error) => tracing::warn!(%error, "the journal's log was not emptied"),
        }
        self.writer.close().await;
    }
}
