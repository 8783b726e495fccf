//! Rows of `watched` and `watched_file`: the watched folders, and the ledger of files sent from them.

use std::path::{Path, PathBuf};

use partway_core::FileIdentity;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Result;
use super::destinations::json;
use super::identity::{self, columns};
use crate::paths;
use crate::record::{DestinationId, JobId, WatchedId};
use crate::watched::{Known, Seen, Sum, Watched};

const COLUMNS: &str = "id, path, destination, fields, done, watching, begun";

/// The watched folders, oldest first.
pub(crate) fn all(conn: &Connection) -> Result<Vec<Watched>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM watched WHERE removed_at IS NULL ORDER BY created_at, id"
    ))?;
    let rows = statement.query_map([], read)?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// One that has not been removed.
pub(crate) fn get(conn: &Connection, id: &WatchedId) -> Result<Option<Watched>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM watched WHERE id = ?1 AND removed_at IS NULL"))?
        .query_row([&id.0], read)
        .optional()?)
}

/// Adds a folder. If it was watched for the same destination before, it gets that id and ledger.
pub(crate) fn add(conn: &Connection, now: i64, new: &Watched) -> Result<WatchedId> {
    let before: Option<String> = conn
        .query_row(
            "SELECT id FROM watched WHERE path = ?1 AND destination = ?2 AND removed_at IS NOT NULL ORDER BY removed_at DESC LIMIT 1",
            params![paths::to_bytes(&new.path), new.destination.0],
            |row| row.get(0),
        )
        .optional()?;
    let id = before.map_or_else(|| new.id.clone(), WatchedId);
    conn.execute(
        "INSERT INTO watched(id, path, destination, fields, done, watching, begun, created_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)
         ON CONFLICT(id) DO UPDATE SET fields = excluded.fields, done = excluded.done, watching = excluded.watching,
           begun = excluded.begun, created_at = excluded.created_at, removed_at = NULL",
        params![
            id.0,
            paths::to_bytes(&new.path),
            new.destination.0,
            json(&new.fields)?,
            new.done.as_deref().map(paths::to_bytes),
            new.watching,
            new.begun,
            now
        ],
    )?;
    Ok(id)
}

/// Writes the changeable columns.
pub(crate) fn change(conn: &Connection, to: &Watched) -> Result<()> {
    conn.execute(
        "UPDATE watched SET destination = ?2, fields = ?3, done = ?4, watching = ?5 WHERE id = ?1",
        params![
            to.id.0,
            to.destination.0,
            json(&to.fields)?,
            to.done.as_deref().map(paths::to_bytes),
            to.watching
        ],
    )?;
    Ok(())
}

pub(crate) fn set_begun(conn: &Connection, id: &WatchedId) -> Result<()> {
    conn.execute("UPDATE watched SET begun = 1 WHERE id = ?1", [&id.0])?;
    Ok(())
}

pub(crate) fn remove(conn: &Connection, now: i64, id: &WatchedId) -> Result<()> {
    conn.execute("UPDATE watched SET removed_at = ?2 WHERE id = ?1", params![id.0, now])?;
    Ok(())
}

/// The path of a watched folder that uses this destination.
pub(crate) fn of_destination(conn: &Connection, destination: &DestinationId) -> Result<Option<PathBuf>> {
    Ok(conn
        .query_row(
            "SELECT path FROM watched WHERE destination = ?1 AND removed_at IS NULL LIMIT 1",
            [&destination.0],
            |row| Ok(paths::from_bytes(row.get(0)?)),
        )
        .optional()?)
}

/// What journals before version 6 wrote for every time that did not fit: such a row matches any time.
const DID_NOT_FIT: i64 = i64::MAX;

/// Records a file: either taken in as `job`, or already there before.
pub(crate) fn note(
    conn: &Connection,
    watched: &WatchedId,
    file: &Path,
    seen: &Seen,
    job: Option<&JobId>,
) -> Result<()> {
    let (size, modified, device, number, changed) = columns(&seen.identity);
    conn.prepare_cached(
        "INSERT INTO watched_file(watched, path, size, modified_ns, file_device, file_number, changed_ns, born_ns, job) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)
         ON CONFLICT DO UPDATE SET size = excluded.size, modified_ns = excluded.modified_ns, file_device = excluded.file_device,
           file_number = excluded.file_number, changed_ns = excluded.changed_ns, born_ns = excluded.born_ns, job = excluded.job,
           checksum = NULL, part_size = NULL, verified_at = NULL, moved_at = NULL",
    )?
    .execute(params![
        watched.0,
        paths::to_bytes(file),
        size,
        modified,
        device,
        number,
        changed,
        seen.born_ns,
        job.map(|job| &job.0)
    ])?;
    Ok(())
}

/// Updates a settled file's change time, and its creation time if that was unknown. Everything else about
/// the file matches.
pub(crate) fn date(conn: &Connection, watched: &WatchedId, file: &Path, seen: &Seen) -> Result<()> {
    let (size, modified, .., changed) = columns(&seen.identity);
    conn.prepare_cached(
        "UPDATE watched_file SET born_ns = coalesce(born_ns, ?5), modified_ns = ?4, changed_ns = ?6
         WHERE watched = ?1 AND path = ?2 AND size = ?3 AND modified_ns IN (?4, ?7)",
    )?
    .execute(params![
        watched.0,
        paths::to_bytes(file),
        size,
        modified,
        seen.born_ns,
        changed,
        DID_NOT_FIT
    ])?;
    Ok(())
}

/// A job ended: its file is what was sent, which may differ from what was taken in. If it is another file,
/// its creation time has to be determined again.
pub(crate) fn settle(conn: &Connection, now: i64, job: &JobId, verified: bool) -> Result<()> {
    conn.prepare_cached(
        "UPDATE watched_file SET (size, modified_ns, file_device, file_number, changed_ns, checksum, part_size) =
           (SELECT size, modified_ns, file_device, file_number, changed_ns, checksum, part_size FROM job WHERE id = ?1), verified_at = ?2,
           born_ns = CASE WHEN file_number IS (SELECT file_number FROM job WHERE id = ?1) THEN born_ns END WHERE job = ?1",
    )?
    .execute(params![job.0, verified.then_some(now)])?;
    Ok(())
}

/// The columns of the ledger that determine a file's status.
struct Noted {
    size: u64,
    modified: i64,
    changed: Option<i64>,
    born: Option<i64>,
    sum: Option<Sum>,
    job: Option<String>,
    state: Option<String>,
    cause: Option<String>,
}

/// The status of a file as it was just seen.
pub(crate) fn known(conn: &Connection, watched: &WatchedId, file: &Path, now: &Seen) -> Result<Known> {
    match by_path(conn, watched, file, now)? {
        Some(known) => Ok(known),
        None => by_identity(conn, watched, now),
    }
}

/// Like [`known`], by name alone; `None` if there is no row of that name.
pub(crate) fn by_path(
    conn: &Connection,
    watched: &WatchedId,
    file: &Path,
    now: &Seen,
) -> Result<Option<Known>> {
    let noted = conn
        .prepare_cached(
            "SELECT watched_file.size, watched_file.modified_ns, watched_file.changed_ns, born_ns, watched_file.checksum,
               watched_file.part_size, job.id, job.state, json_extract(job.cause, '$.cause')
             FROM watched_file LEFT JOIN job ON job.id = watched_file.job WHERE watched = ?1 AND watched_file.path = ?2",
        )?
        .query_row(params![watched.0, paths::to_bytes(file)], |row| {
            let sum = row.get::<_, Option<String>>(4)?.zip(row.get::<_, Option<u64>>(5)?);
            Ok(Noted {
                size: row.get(0)?,
                modified: row.get(1)?,
                changed: row.get(2)?,
                born: row.get(3)?,
                sum: sum.map(|(checksum, part_size)| Sum { checksum, part_size }),
                job: row.get(6)?,
                state: row.get(7)?,
                cause: row.get(8)?,
            })
        })
        .optional()?;
    Ok(noted.map(|noted| stands(noted, now)))
}

fn stands(noted: Noted, now: &Seen) -> Known {
    match (noted.job.as_ref(), noted.state.as_deref(), noted.cause.as_deref()) {
        (None, ..) | (_, Some("uploaded" | "verified" | "cancelled"), _) => {}
        (Some(job), Some("needs-attention"), Some("source-changed" | "source-missing")) => {
            return Known::Again(JobId(job.clone()));
        }
        _ => return Known::Open,
    }
    // Not by file id: it changes when a drive is plugged in again, and on some file systems at every look.
    // The creation time is stored on the drive: if both are known and differ, another file was put in its
    // place.
    let (size, modified, .., changed) = columns(&now.identity);
    let differ =
        |noted: Option<i64>, now: Option<i64>| noted.zip(now).is_some_and(|(noted, now)| noted != now);
    let same = noted.size == size && [modified, DID_NOT_FIT].contains(&noted.modified);
    if !same || differ(noted.born, now.born_ns) {
        return Known::New;
    }
    let lacks = |noted: Option<i64>, now: Option<i64>| noted.is_none() && now.is_some();
    match noted.sum {
        Some(sum) if differ(noted.changed, changed) => Known::Touched(sum),
        _ if lacks(noted.born, now.born_ns) || lacks(noted.changed, changed) => Known::Dateless,
        _ => Known::Settled,
    }
}

/// Recognizes a settled file under another name, by everything that distinguishes files except its change
/// time, which a rename moves. A file number is reused after a deletion. So without a creation time it may
/// be another file, and is sent.
fn by_identity(conn: &Connection, watched: &WatchedId, now: &Seen) -> Result<Known> {
    let ((size, modified, Some(device), Some(number), _), Some(born)) = (columns(&now.identity), now.born_ns)
    else {
        return Ok(Known::New);
    };
    let from: Option<(Vec<u8>, bool)> = conn
        .prepare_cached(
            // Otherwise SQLite prefers the primary key, and reads the folder's whole ledger for each file.
            "SELECT watched_file.path, watched_file.moved_at IS NOT NULL
             FROM watched_file INDEXED BY watched_file_identity LEFT JOIN job ON job.id = watched_file.job
             WHERE watched = ?1 AND watched_file.file_number = ?2 AND watched_file.size = ?3 AND watched_file.modified_ns = ?4
               AND watched_file.file_device = ?5 AND watched_file.born_ns = ?6 AND (job.id IS NULL OR job.state IN ('uploaded', 'verified', 'cancelled')) LIMIT 1",
        )?
        .query_row(params![watched.0, number, size, modified, device, born], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(from.map_or(Known::New, |(from, moved)| Known::Renamed { from: paths::from_bytes(from), moved }))
}

/// Records that a settled file was renamed.
pub(crate) fn rename(conn: &Connection, watched: &WatchedId, from: &Path, to: &Path) -> Result<()> {
    conn.execute(
        "UPDATE OR REPLACE watched_file SET path = ?3 WHERE watched = ?1 AND path = ?2",
        params![watched.0, paths::to_bytes(from), paths::to_bytes(to)],
    )?;
    Ok(())
}

/// Verified files that have not been moved yet, after `after`.
pub(crate) fn to_move(
    conn: &Connection,
    watched: &WatchedId,
    after: &Path,
    limit: u32,
) -> Result<Vec<(PathBuf, FileIdentity)>> {
    let mut statement = conn.prepare_cached(
        "SELECT path, size, modified_ns, file_device, file_number, changed_ns FROM watched_file INDEXED BY watched_file_to_move
         WHERE watched = ?1 AND path > ?2 AND verified_at IS NOT NULL AND moved_at IS NULL ORDER BY path LIMIT ?3",
    )?;
    let rows = statement.query_map(params![watched.0, paths::to_bytes(after), limit], |row| {
        Ok((paths::from_bytes(row.get(0)?), identity::read(row, [1, 2, 3, 4, 5])?))
    })?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Records that a file was moved or no longer exists.
pub(crate) fn moved(conn: &Connection, now: i64, watched: &WatchedId, file: &Path) -> Result<()> {
    conn.prepare_cached("UPDATE watched_file SET moved_at = ?3 WHERE watched = ?1 AND path = ?2")?
        .execute(params![watched.0, paths::to_bytes(file), now])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Watched> {
    Ok(Watched {
        id: WatchedId(row.get(0)?),
        path: paths::from_bytes(row.get(1)?),
        destination: DestinationId(row.get(2)?),
        fields: row.get::<_, String>(3).map(|json| serde_json::from_str(&json).unwrap_or_default())?,
        done: row.get::<_, Option<Vec<u8>>>(4)?.map(paths::from_bytes),
        watching: row.get(5)?,
        begun: row.get(6)?,
    })
}
