//! Rows of `watched` and `watched_file`: the folders that are watched, and the ledger of what went from them.

use std::path::{Path, PathBuf};

use partway_core::FileIdentity;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Result;
use super::destinations::json;
use crate::paths;
use crate::record::{DestinationId, JobId, WatchedId};
use crate::watched::{Known, Seen, Watched};

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

/// Notes a file: taken in as that job, or lying there before.
pub(crate) fn note(
    conn: &Connection,
    watched: &WatchedId,
    file: &Path,
    seen: &Seen,
    job: Option<&JobId>,
) -> Result<()> {
    let (size, modified, device, number) = columns(&seen.identity);
    conn.prepare_cached(
        "INSERT INTO watched_file(watched, path, size, modified_ns, file_device, file_number, born_ns, job) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)
         ON CONFLICT DO UPDATE SET size = excluded.size, modified_ns = excluded.modified_ns, file_device = excluded.file_device,
           file_number = excluded.file_number, born_ns = excluded.born_ns, job = excluded.job, verified_at = NULL, moved_at = NULL",
    )?
    .execute(params![
        watched.0,
        paths::to_bytes(file),
        size,
        modified,
        device,
        number,
        seen.born_ns,
        job.map(|job| &job.0)
    ])?;
    Ok(())
}

/// Notes when a settled file was made, where that is not known and the file is the same by all else.
pub(crate) fn date(conn: &Connection, watched: &WatchedId, file: &Path, seen: &Seen) -> Result<()> {
    let (size, modified, ..) = columns(&seen.identity);
    conn.prepare_cached(
        "UPDATE watched_file SET born_ns = ?5
         WHERE watched = ?1 AND path = ?2 AND size = ?3 AND modified_ns = ?4 AND born_ns IS NULL",
    )?
    .execute(params![watched.0, paths::to_bytes(file), size, modified, seen.born_ns])?;
    Ok(())
}

/// A job came to its end: what is known of its file is what went, which may not be what was taken in. Where that is another file, it is
/// asked anew when it was made.
pub(crate) fn settle(conn: &Connection, now: i64, job: &JobId, verified: bool) -> Result<()> {
    conn.prepare_cached(
        "UPDATE watched_file SET (size, modified_ns, file_device, file_number) =
           (SELECT size, modified_ns, file_device, file_number FROM job WHERE id = ?1), verified_at = ?2,
           born_ns = CASE WHEN file_number IS (SELECT file_number FROM job WHERE id = ?1) THEN born_ns END WHERE job = ?1",
    )?
    .execute(params![job.0, verified.then_some(now)])?;
    Ok(())
}

/// How a file stands that was seen as it is now.
pub(crate) fn known(conn: &Connection, watched: &WatchedId, file: &Path, now: &Seen) -> Result<Known> {
    // Whether it is the same, whether it is known when it was made, and its job with state and cause.
    type Found = (bool, bool, Option<String>, Option<String>, Option<String>);
    let by_path: Option<Found> = conn
        .prepare_cached(
            "SELECT watched_file.size = ?3 AND watched_file.modified_ns = ?4
               AND coalesce(watched_file.born_ns = ?5, 1), watched_file.born_ns IS NOT NULL, job.id, job.state, json_extract(job.cause, '$.cause')
             FROM watched_file LEFT JOIN job ON job.id = watched_file.job WHERE watched = ?1 AND watched_file.path = ?2",
        )?
        .query_row(
            // Not by the file's id: it changes where a drive is plugged in again, and on some file systems at every look. When the file was
            // made lies on the drive: where both times are known and differ, another file was put in its place.
            params![
                watched.0,
                paths::to_bytes(file),
                now.identity.size,
                columns(&now.identity).1,
                now.born_ns
            ],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
        )
        .optional()?;
    if let Some((same, dated, job, state, cause)) = by_path {
        return Ok(match (job, state.as_deref(), cause.as_deref()) {
            (None, ..) | (_, Some("uploaded" | "verified" | "cancelled"), _) => {
                match (same, dated || now.born_ns.is_none()) {
                    (true, true) => Known::Settled,
                    (true, false) => Known::Dateless,
                    (false, _) => Known::New,
                }
            }
            (Some(job), Some("needs-attention"), Some("source-changed" | "source-missing")) => {
                Known::Again(JobId(job))
            }
            _ => Known::Open,
        });
    }
    by_identity(conn, watched, now)
}

/// A file that is the same under another name: only where that one is settled, and by everything that tells files apart. A number is given
/// out again when its file is deleted; so where it is not told when a file was made, it may be another one, and goes.
fn by_identity(conn: &Connection, watched: &WatchedId, now: &Seen) -> Result<Known> {
    let ((size, modified, Some(device), Some(number)), Some(born)) = (columns(&now.identity), now.born_ns)
    else {
        return Ok(Known::New);
    };
    let from: Option<Vec<u8>> = conn
        .prepare_cached(
            "SELECT watched_file.path FROM watched_file LEFT JOIN job ON job.id = watched_file.job
             WHERE watched = ?1 AND watched_file.file_number = ?2 AND watched_file.size = ?3 AND watched_file.modified_ns = ?4
               AND watched_file.file_device = ?5 AND watched_file.born_ns = ?6 AND (job.id IS NULL OR job.state IN ('uploaded', 'verified', 'cancelled')) LIMIT 1",
        )?
        .query_row(params![watched.0, number, size, modified, device, born], |row| row.get(0))
        .optional()?;
    Ok(from.map_or(Known::New, |from| Known::Renamed { from: paths::from_bytes(from) }))
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
        "SELECT path, size, modified_ns, file_device, file_number FROM watched_file
         WHERE watched = ?1 AND path > ?2 AND verified_at IS NOT NULL AND moved_at IS NULL ORDER BY path LIMIT ?3",
    )?;
    let rows = statement.query_map(params![watched.0, paths::to_bytes(after), limit], |row| {
        let ids = (row.get::<_, Option<i64>>(3)?, row.get::<_, Option<i64>>(4)?);
        let file_id = match ids {
            (Some(device), Some(number)) => Some((device.cast_unsigned(), number.cast_unsigned())),
            _ => None,
        };
        let modified_ns = i128::from(row.get::<_, i64>(2)?);
        let identity = FileIdentity { size: row.get(1)?, modified_ns, file_id };
        Ok((paths::from_bytes(row.get(0)?), identity))
    })?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// A file was moved, or is not there any more.
pub(crate) fn moved(conn: &Connection, now: i64, watched: &WatchedId, file: &Path) -> Result<()> {
    conn.prepare_cached("UPDATE watched_file SET moved_at = ?3 WHERE watched = ?1 AND path = ?2")?
        .execute(params![watched.0, paths::to_bytes(file), now])?;
    Ok(())
}

/// As the journal keeps an identity: size, time of change, device, number.
fn columns(identity: &FileIdentity) -> (u64, i64, Option<i64>, Option<i64>) {
    let id = identity.file_id;
    (
        identity.size,
        i64::try_from(identity.modified_ns).unwrap_or(i64::MAX),
        id.map(|(device, _)| device.cast_signed()),
        id.map(|(_, number)| number.cast_signed()),
    )
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
