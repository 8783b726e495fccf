//! The durable record: one SQLite file, one writer thread, one reader thread.
//!
//! **What the journal does not know is not confirmed.** Writes are closures that run in order on the writer
//! thread. Writes that are waiting at the same time share a transaction (and so one fsync), each in a
//! separate savepoint, and each is answered only after the commit.

pub(crate) mod batches;
pub(crate) mod destinations;
pub(crate) mod events;
pub(crate) mod fields;
pub(crate) mod identity;
pub(crate) mod jobs;
pub(crate) mod list;
mod migrations;
pub(crate) mod names;
pub(crate) mod needs;
mod open;
mod select;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod starts;
#[cfg(any(test, feature = "statements"))]
pub mod statements;
mod thread;
mod unwritable;
pub(crate) mod vain;
pub(crate) mod watched;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use thiserror::Error;
use tokio::sync::watch;

use crate::plain;

pub(crate) use open::Opened;
pub use unwritable::Unwritable;

/// Capacity of the prepared statement cache. More than there are statements, so that none that runs per
/// file is prepared again each time.
const PREPARED: usize = 256;

/// How long a connection waits for another one's lock.
const BUSY: Duration = Duration::from_secs(10);

/// Why the journal could not do something.
#[derive(Debug, Error)]
pub enum JournalError {
    /// SQLite said no.
    #[error("the journal could not be read or written: {0}")]
    Sqlite(rusqlite::Error),
    /// The disk takes nothing any more.
    #[error("{0}")]
    Unwritable(Unwritable),
    /// The file system said no.
    #[error("the journal {path} could not be opened: {}", plain(source))]
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

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        match Unwritable::of(&error) {
            Some(unwritable) => Self::Unwritable(unwritable),
            None => Self::Sqlite(error),
        }
    }
}

impl JournalError {
    /// Adds the file at fault, if it can be determined.
    fn at(self, path: &Path) -> Self {
        match self {
            Self::Unwritable(why) => Self::Unwritable(why.at(path)),
            other => other,
        }
    }
}

/// Result of a journal call.
pub(crate) type Result<T> = std::result::Result<T, JournalError>;

/// The open journal. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Journal {
    writer: thread::Lane,
    reader: thread::Lane,
    path: PathBuf,
    /// Why nothing can be written, from the first failed write until the next successful one.
    unwritable: Arc<watch::Sender<Option<Unwritable>>>,
}

impl Journal {
    /// Opens or creates the journal under `data_dir`; migrates an older one after keeping a copy, and sets
    /// a damaged one aside.
    ///
    /// # Errors
    /// [`JournalError::Newer`] for a journal of a newer version, `Io` or `Sqlite` if the folder cannot be
    /// used.
    pub(crate) fn open(data_dir: &Path, now_ms: i64) -> std::result::Result<Opened, JournalError> {
        open::open(data_dir, now_ms)
    }

    /// Runs a write; returns once it is on disk.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let result = self.writer.run(work).await.map_err(|error| error.at(&self.path));
        let now = match &result {
            Ok(_) => Some(None),
            Err(JournalError::Unwritable(why)) => Some(Some(why.clone())),
            // Says nothing about the disk.
            Err(_) => None,
        };
        if let Some(now) = now {
            self.unwritable.send_if_modified(|before| {
                let changed = *before != now;
                *before = now;
                changed
            });
        }
        result
    }

    /// Why nothing can be written at present.
    pub(crate) fn unwritable(&self) -> watch::Receiver<Option<Unwritable>> {
        self.unwritable.subscribe()
    }

    /// Runs a read on the committed state.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.reader.run(work).await
    }

    /// Checkpoints and truncates the write-ahead log, so that deleted links are nowhere on disk. `false`: a
    /// reader is active and it must be repeated; the writer does not wait for it.
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

    /// Ends both threads after all earlier requests are done.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_told_from_the_first_write_that_does_not_fit_to_the_next_that_does() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), 0).unwrap().journal;
        let mut trouble = journal.unwritable();
        // SQLite responds as it does on a full disk.
        let pages =
            |most: u32| move |conn: &Connection| Ok(conn.pragma_update(None, "max_page_count", most)?);
        journal.write(pages(1)).await.unwrap();
        let large = |conn: &Connection| settings::set(conn, "large", &"x".repeat(100_000));
        let refused = journal.write(large).await.unwrap_err();
        assert!(matches!(&refused, JournalError::Unwritable(Unwritable { full: true, .. })), "{refused}");
        assert!(trouble.has_changed().unwrap());
        assert!(trouble.borrow_and_update().as_ref().is_some_and(|why| why.full));
        // Neither another refusal nor an unrelated error is news.
        journal.write(large).await.unwrap_err();
        let other: Result<()> = journal.write(|_| Err(JournalError::Closed)).await;
        assert!(other.is_err() && !trouble.has_changed().unwrap());
        journal.write(pages(1 << 20)).await.unwrap();
        journal.write(large).await.unwrap();
        assert!(trouble.borrow_and_update().is_none());
        journal.close().await;
    }
}
