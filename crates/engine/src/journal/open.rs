//! Opens the journal: connection settings, migration, and the handling of a damaged file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::watch;

use super::thread::Lane;
use super::{BUSY, Journal, JournalError, PREPARED, Result, migrations};
use crate::exact::for_libraries;

/// An open journal and what was found on opening it.
pub(crate) struct Opened {
    /// The journal.
    pub(crate) journal: Journal,
    /// Where the last damaged journal is, found now or earlier and not removed since. Nothing of it is
    /// deleted.
    pub(crate) set_aside: Option<PathBuf>,
}

pub(super) fn open(data_dir: &Path, now_ms: i64) -> Result<Opened> {
    let path = data_dir.join("journal.db");
    open_at(data_dir, &path, now_ms).map_err(|error| error.at(&path))
}

fn open_at(data_dir: &Path, path: &Path, now_ms: i64) -> Result<Opened> {
    let io = |source| JournalError::Io { path: path.to_owned(), source };
    make_private_dir(data_dir).map_err(io)?;
    let (mut conn, set_aside) = match prepare_there(path, now_ms) {
        Ok(conn) => (conn, None),
        Err(JournalError::Sqlite(error)) if is_damage(&error) => {
            let aside = set_aside(path, now_ms).map_err(io)?;
            (prepare_there(path, now_ms)?, Some(aside))
        }
        Err(error) => return Err(error),
    };
    let mut reader = Connection::open_with_flags(for_libraries(path), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    reader.busy_timeout(BUSY)?;
    reader.execute_batch("PRAGMA query_only = ON")?;
    // From here on neither connection needs to open another file: the first read opens the log, and
    // savepoint data stays in memory. So receipts can still be written when this computer lets Partway open
    // no more files.
    reader.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    for conn in [&mut conn, &mut reader] {
        conn.set_prepared_statement_cache_capacity(PREPARED);
        conn.execute_batch("PRAGMA temp_store = MEMORY")?;
        #[cfg(any(test, feature = "statements"))]
        super::statements::opened(conn, data_dir)?;
    }
    let journal = Journal {
        writer: Lane::start("journal-writer", conn, true).map_err(io)?,
        reader: Lane::start("journal-reader", reader, false).map_err(io)?,
        path: path.to_owned(),
        unwritable: Arc::new(watch::channel(None).0),
    };
    Ok(Opened { journal, set_aside: set_aside.or_else(|| last_aside(data_dir)) })
}

/// Opens the journal, or creates one.
///
/// A new one is completed under another name and then renamed. So an empty journal file is never an
/// interrupted first start but one that lost its content; it is set aside and reported like any other
/// damage.
fn prepare_there(path: &Path, now_ms: i64) -> Result<Connection> {
    let io = |source| JournalError::Io { path: path.to_owned(), source };
    match std::fs::metadata(path) {
        Ok(found) if found.len() == 0 => return Err(damage("the file is empty").into()),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => begin(path, now_ms)?,
        Err(error) => return Err(io(error)),
    }
    prepare(path, now_ms)
}

fn begin(path: &Path, now_ms: i64) -> Result<()> {
    let io = |source| JournalError::Io { path: path.to_owned(), source };
    // SQLite would discard a log without its database.
    if std::fs::metadata(with_suffix(path, "-wal")).is_ok_and(|log| log.len() > 0) {
        return Err(damage("its log is there without it").into());
    }
    let half_made = path.with_extension("new");
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::remove_file(with_suffix(&half_made, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
    }
    make_private_file(&half_made).map_err(io)?;
    // Closing the only connection checkpoints its log.
    prepare(&half_made, now_ms)?.close().map_err(|(_, error)| error)?;
    std::fs::OpenOptions::new().write(true).open(&half_made).and_then(|file| file.sync_all()).map_err(io)?;
    std::fs::rename(&half_made, path).map_err(io)?;
    path.parent().map_or(Ok(()), keep_names).map_err(io)
}

/// Makes a rename in this folder survive a power cut.
#[cfg(unix)]
fn keep_names(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn keep_names(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn damage(what: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
        Some(what.to_owned()),
    )
}

fn prepare(path: &Path, now_ms: i64) -> Result<Connection> {
    let mut conn = Connection::open(for_libraries(path))?;
    conn.busy_timeout(BUSY)?;
    // FULL: a receipt counts only if it survives a power cut. secure_delete: deleted links are overwritten
    // with zeros.
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;",
    )?;
    let sound: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(damage(&sound).into());
    }
    migrations::migrate(&mut conn, path, now_ms)?;
    Ok(conn)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Name of a damaged journal: this prefix, the Unix milliseconds when it was found, and `.db`.
const ASIDE: &str = "journal.damaged-";

/// The newest damaged journal. Searched for at every opening, so that every front end can report it,
/// however the first one ended.
fn last_aside(data_dir: &Path) -> Option<PathBuf> {
    let found_at = |path: &PathBuf| -> Option<i64> {
        path.file_name()?.to_str()?.strip_prefix(ASIDE)?.strip_suffix(".db")?.parse().ok()
    };
    let entries = std::fs::read_dir(data_dir).ok()?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| found_at(path).is_some())
        .max_by_key(found_at)
}

fn set_aside(path: &Path, now_ms: i64) -> std::io::Result<PathBuf> {
    let aside = path.with_file_name(format!("{ASIDE}{now_ms}.db"));
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::rename(with_suffix(path, suffix), with_suffix(&aside, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    // If only a log was left, this is what later starts find.
    make_private_file(&aside)?;
    Ok(aside)
}

#[cfg(unix)]
fn make_private_dir(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private_dir(dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)
}

/// SQLite gives its -wal and -shm files the mode of the database, so the first file decides for all.
#[cfg(unix)]
fn make_private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

#[cfg(not(unix))]
fn make_private_file(path: &Path) -> std::io::Result<()> {
    std::fs::OpenOptions::new().create(true).append(true).open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FULL is 2 (sqlite.org, "PRAGMA synchronous"): below it a receipt could be reported and then lost in
    /// a power cut.
    #[tokio::test]
    async fn what_is_written_survives_a_power_cut_and_what_is_deleted_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let journal = open(dir.path(), 0).unwrap().journal;
        let number = |conn: &Connection, name: &str| {
            conn.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
        };
        let writer = journal.write(move |conn| {
            let mode: String = conn.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
            let names = ["synchronous", "foreign_keys", "secure_delete"];
            Ok((mode, names.map(|name| number(conn, name).unwrap())))
        });
        assert_eq!(writer.await.unwrap(), ("wal".to_owned(), [2, 1, 1]));
        let written = journal.read(|conn| Ok(conn.execute("DELETE FROM setting", []).is_ok())).await;
        assert!(!written.unwrap(), "only one connection writes");
        journal.close().await;
    }
}
