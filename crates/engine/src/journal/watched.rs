//! Rows of `watched` and `watched_file`: the folders that are watched, and the ledger of what went from them.

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

/// One that is not removed.
pub(crate) fn get(conn: &Connection, id: &WatchedId) -> Result<Option<Watched>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM watched WHERE id = ?1 AND removed_at IS NULL"))?
        .query_row([&id.0], read)
        .optional()?)
}

/// Adds one; where the same folder was watched for the same destination before, its ledger is that one's, and so is its id.
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

/// Writes what of one can be changed.
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

/// The folder of one whose files go there.
pub(crate) fn of_destination(conn: &Connection, destination: &DestinationId) -> Result<Option<PathBuf>> {
    Ok(conn
        .query_row(
            "SELECT path FROM watched WHERE destination = ?1 AND removed_at IS NULL LIMIT 1",
            [&destination.0],
            |row| Ok(paths::from_bytes(row.get(0)?)),
        )
        .optional()?)
}

/// What a journal before version 6 wrote for every time that did not fit: such a row is the same whatever the time is.
const DID_NOT_FIT: i64 = i64::MAX;

/// Notes a file: taken in as that job, or lying there before.
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

/// Notes when a settled file was last changed, and when it was made where that is not known: the file is the same by all else.
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

/// A job came to its end: what is known of its file is what went, which may not be what was taken in. Where that is another file, it is
/// asked anew when it was made.
pub(crate) fn settle(conn: &Connection, now: i64, job: &JobId, verified: bool) -> Result<()> {
    conn.prepare_cached(
        "UPDATE watched_file SET (size, modified_ns, file_device, file_number, changed_ns, checksum, part_size) =
           (SELECT size, modified_ns, file_device, file_number, changed_ns, checksum, part_size FROM job WHERE id = ?1), verified_at = ?2,
           born_ns = CASE WHEN file_number IS (SELECT file_number FROM job WHERE id = ?1) THEN born_ns END WHERE job = ?1",
    )?
    .execute(params![job.0, verified.then_some(now)])?;
    Ok(())
}

/// A row of the ledger, as far as it says how a file stands.
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

/// How a file stands that was seen as it is now.
pub(crate) fn known(conn: &Connection, watched: &WatchedId, file: &Path, now: &Seen) -> Result<Known> {
    match by_path(conn, watched, file, now)? {
        Some(known) => Ok(known),
        None => by_identity(conn, watched, now),
    }
}

/// The same by its name alone; `None` where there is nothing of that name.
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
    // Not by the file's id: it changes where a drive is plugged in again, and on some file systems at every look. When the file was
    // made lies on the drive: where both times are known and differ, another file was put in its place.
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

/// A file that is the same under another name: only where that one is settled, and by everything that tells files apart but the time of its
/// last change, which a new name moves. A number is given out again when its file is deleted; so where it is not told when a file was made,
/// it may be another one, and goes.
fn by_identity(conn: &Connection, watched: &WatchedId, now: &Seen) -> Result<Known> {
    let ((size, modified, Some(device), Some(number), _), Some(born)) = (columns(&now.identity), now.born_ns)
    else {
        return Ok(Known::New);
    };
    let from: Option<(Vec<u8>, bool)> = conn
        .prepare_cached(
            // Left alone SQLite takes the primary key for the better way, and reads the whole ledger of the folder for each file.
            "SELECT watched_file.path, watched_file.moved_at IS NOT NULL
             FROM watched_file INDEXED BY watched_file_identity LEFT JOIN job ON job.id = watched_file.job
             WHERE watched = ?1 AND watched_file.file_number = ?2 AND watched_file.size = ?3 AND watched_file.modified_ns = ?4
               AND watched_file.file_device = ?5 AND watched_file.born_ns = ?6 AND (job.id IS NULL OR job.state IN ('uploaded', 'verified', 'cancelled')) LIMIT 1",
        )?
        .query_row(params![watched.0, number, size, modified, device, born], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(from.map_or(Known::New, |(from, moved)| Known::Renamed { from: paths::from_bytes(from), moved }))
}

/// A settled file has another name now.
pub(crate) fn rename(conn: &Connection, watched: &WatchedId, from: &Path, to: &Path) -> Result<()> {
    conn.execute(
        "UPDATE OR REPLACE watched_file SET path = ?3 WHERE watched = ?1 AND path = ?2",
        params![watched.0, paths::to_bytes(from), paths::to_bytes(to)],
    )?;
    Ok(())
}

/// Verified files that were not moved yet, after that one.
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

/// A file was moved, or is not there any more.
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
