//! Opening the journal: settings of the connection, migration, and what happens to a damaged file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::watch;

use super::thread::Lane;
use super::{BUSY, Journal, JournalError, Result, migrations};

/// An open journal, and what is worth telling about the opening.
pub(crate) struct Opened {
    /// The journal.
    pub(crate) journal: Journal,
    /// Where the last damaged journal lies: one that was found now, or earlier and not taken away since. Nothing of it is deleted.
    pub(crate) set_aside: Option<PathBuf>,
}

pub(super) fn open(data_dir: &Path, now_ms: i64) -> Result<Opened> {
    let path = data_dir.join("journal.db");
    let io = |source| JournalError::Io { path: path.clone(), source };
    make_private_dir(data_dir).map_err(io)?;
    let (conn, set_aside) = match prepare(&path, now_ms) {
        Ok(conn) => (conn, None),
        Err(JournalError::Sqlite(error)) if is_damage(&error) => {
            let aside = set_aside(&path, now_ms).map_err(io)?;
            (prepare(&path, now_ms)?, Some(aside))
        }
        Err(error) => return Err(error),
    };
    let reader = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    reader.busy_timeout(BUSY)?;
    reader.execute_batch("PRAGMA query_only = ON")?;
    let journal = Journal {
        writer: Lane::start("journal-writer", conn, true).map_err(io)?,
        reader: Lane::start("journal-reader", reader, false).map_err(io)?,
        path: path.clone(),
        unwritable: Arc::new(watch::channel(None).0),
    };
    Ok(Opened { journal, set_aside: set_aside.or_else(|| last_aside(data_dir)) })
}

fn prepare(path: &Path, now_ms: i64) -> Result<Connection> {
    make_private_file(path).map_err(|source| JournalError::Io { path: path.to_owned(), source })?;
    let mut conn = Connection::open(path)?;
    conn.busy_timeout(BUSY)?;
    // FULL: a receipt counts only when it survives a power cut. secure_delete: links that were deleted are overwritten with zeros.
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;",
    )?;
    let sound: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some(sound),
        )
        .into());
    }
    migrations::migrate(&mut conn, path, now_ms)?;
    Ok(conn)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// What a damaged journal is called: this, the Unix milliseconds at which it was found, and `.db`.
const ASIDE: &str = "journal.damaged-";

/// The newest of those that lie there. It is looked for at every opening, so that every front end can tell of it, however the first
/// one ended.
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
    std::fs::rename(path, &aside)?;
    for suffix in ["-wal", "-shm"] {
        let mut log = path.as_os_str().to_owned();
        log.push(suffix);
        let mut log_aside = aside.as_os_str().to_owned();
        log_aside.push(suffix);
        match std::fs::rename(&log, &log_aside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
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

/// SQLite gives its -wal and -shm files the mode of the database, so the first one decides for all.
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

    /// FULL is 2 (sqlite.org, "PRAGMA synchronous"): below it a receipt could be told and then lost by a power cut.
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
