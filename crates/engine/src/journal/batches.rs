//! Rows of `batch`.

use partway_provider::IfExists;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Result;
use super::destinations::json;
use crate::record::{Batch, BatchId, DestinationId};

const COLUMNS: &str = "id, destination, folder, left_out, created_at, starts_at, finished_at";

/// How many of a batch's jobs are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchCount {
    /// Number of jobs.
    pub files: u32,
    /// Total bytes.
    pub size: u64,
    /// Verified.
    pub verified: u32,
    /// Uploaded, not verified.
    pub uploaded: u32,
    /// Cancelled.
    pub cancelled: u32,
    /// Needing attention.
    pub attention: u32,
}

impl BatchCount {
    /// Jobs that may still arrive without user action.
    #[must_use]
    pub const fn open(&self) -> u32 {
        self.files - self.verified - self.uploaded - self.cancelled - self.attention
    }
}

pub(crate) fn add(conn: &Connection, batch: &Batch) -> Result<()> {
    conn.execute(
        "INSERT INTO batch(id, destination, folder, left_out, created_at, starts_at) VALUES (?1,?2,?3,?4,?5,?6)",
        params![batch.id.0, batch.destination.0, batch.folder, json(&batch.left_out)?, batch.created_at, batch.starts_at],
    )?;
    Ok(())
}

pub(crate) fn get(conn: &Connection, id: &BatchId) -> Result<Option<Batch>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM batch WHERE id = ?1"))?
        .query_row([&id.0], read)
        .optional()?)
}

/// Sets how many files it will have, while they are being taken in.
pub(crate) fn set_expected(conn: &Connection, id: &BatchId, files: Option<usize>) -> Result<()> {
    conn.execute("UPDATE batch SET expected = ?2 WHERE id = ?1", params![id.0, files])?;
    Ok(())
}

/// Whether its files are still being taken in.
pub(crate) fn is_coming_in(conn: &Connection, id: &BatchId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT EXISTS(SELECT 1 FROM batch WHERE id = ?1 AND expected IS NOT NULL)")?
        .query_row([&id.0], |row| row.get(0))?)
}

/// Removes batches whose intake was cut short because the process ended or the journal became unwritable.
pub(crate) fn remove_half_taken_in(conn: &Connection) -> Result<()> {
    for id in half_taken_in(conn)? {
        remove(conn, &id)?;
    }
    Ok(())
}

/// Batches whose intake is running or was cut short.
pub(crate) fn half_taken_in(conn: &Connection) -> Result<Vec<BatchId>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM batch INDEXED BY batch_coming_in WHERE expected IS NOT NULL")?;
    let rows = statement.query_map([], |row| Ok(BatchId(row.get(0)?)))?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// The decision for all of its files whose names are taken.
pub(crate) fn if_exists(conn: &Connection, id: &BatchId) -> Result<Option<IfExists>> {
    let decided: Option<Option<String>> = conn
        .prepare_cached("SELECT if_exists FROM batch WHERE id = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    Ok(decided.flatten().and_then(|json| serde_json::from_str(&json).ok()))
}

/// Batches with jobs that still have the countdown hold, oldest first.
pub(crate) fn counting_down(conn: &Connection) -> Result<Vec<Batch>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM batch_tally INDEXED BY batch_counting_down CROSS JOIN batch ON batch.id = batch_tally.batch
         WHERE countdown > 0 AND finished_at IS NULL AND expected IS NULL"
    ))?;
    let rows = statement.query_map([], read)?;
    let mut batches = rows.collect::<std::result::Result<Vec<_>, _>>()?;
    batches.sort_by_key(|batch| batch.created_at);
    Ok(batches)
}

/// Batches whose countdown is over.
pub(crate) fn due(conn: &Connection, now: i64) -> Result<Vec<BatchId>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM batch INDEXED BY batch_due
         WHERE starts_at IS NOT NULL AND finished_at IS NULL AND expected IS NULL AND starts_at <= ?1 ORDER BY starts_at",
    )?;
    let rows = statement.query_map([now], |row| Ok(BatchId(row.get(0)?)))?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Whether a batch is counting down, or is kept from starting, and no job of it has begun.
pub(crate) fn counts_down(conn: &Connection, id: &BatchId) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS(SELECT 1 FROM batch JOIN batch_tally ON batch_tally.batch = batch.id
             WHERE id = ?1 AND finished_at IS NULL AND expected IS NULL AND countdown > 0
               AND begun = 0 AND verified = 0 AND uploaded = 0 AND attention = 0)",
        )?
        .query_row([&id.0], |row| row.get(0))?)
}

pub(crate) fn set_starts_at(conn: &Connection, id: &BatchId, starts_at: Option<i64>) -> Result<()> {
    conn.execute("UPDATE batch SET starts_at = ?2 WHERE id = ?1", params![id.0, starts_at])?;
    Ok(())
}

pub(crate) fn set_if_exists(conn: &Connection, id: &BatchId, how: IfExists) -> Result<()> {
    conn.execute("UPDATE batch SET if_exists = ?2 WHERE id = ?1", params![id.0, json(&how)?])?;
    Ok(())
}

pub(crate) fn set_folder(conn: &Connection, id: &BatchId, folder: &str) -> Result<()> {
    conn.execute("UPDATE batch SET folder = ?2 WHERE id = ?1", params![id.0, folder])?;
    Ok(())
}

/// The counts of a batch; zero for an unknown one. The schema's triggers maintain them.
pub(crate) fn count(conn: &Connection, id: &BatchId) -> Result<BatchCount> {
    let count = conn
        .prepare_cached(
            "SELECT files, size, verified, uploaded, cancelled, attention FROM batch_tally WHERE batch = ?1",
        )?
        .query_row([&id.0], |row| {
            Ok(BatchCount {
                files: row.get(0)?,
                size: row.get(1)?,
                verified: row.get(2)?,
                uploaded: row.get(3)?,
                cancelled: row.get(4)?,
                attention: row.get(5)?,
            })
        })
        .optional()?;
    Ok(count.unwrap_or_default())
}

/// Marks a batch as finished if no job of it is open; returns the counts only on that transition.
pub(crate) fn finish_if_through(conn: &Connection, now: i64, id: &BatchId) -> Result<Option<BatchCount>> {
    let count = count(conn, id)?;
    let open = count.open() > 0 || count.files == 0 || is_coming_in(conn, id)?;
    let count = if open { None } else { Some(count) };
    let Some(count) = count else {
        // A retry reopens a batch, so that its end is reported again.
        conn.prepare_cached("UPDATE batch SET finished_at = NULL WHERE id = ?1 AND finished_at IS NOT NULL")?
            .execute([&id.0])?;
        return Ok(None);
    };
    let first = conn
        .prepare_cached("UPDATE batch SET finished_at = ?2 WHERE id = ?1 AND finished_at IS NULL")?
        .execute(params![id.0, now])?;
    Ok((first > 0).then_some(count))
}

pub(crate) fn remove(conn: &Connection, id: &BatchId) -> Result<()> {
    // Files that were never taken in after all are new to their watched folder.
    conn.execute("DELETE FROM watched_file WHERE job IN (SELECT id FROM job WHERE batch = ?1)", [&id.0])?;
    conn.execute("DELETE FROM job WHERE batch = ?1", [&id.0])?;
    conn.execute("DELETE FROM batch WHERE id = ?1", [&id.0])?;
    Ok(())
}

pub(crate) fn redirect(
    conn: &Connection,
    id: &BatchId,
    to: &DestinationId,
    folder: Option<&str>,
) -> Result<()> {
    conn.execute(
        "UPDATE batch SET destination = ?2, folder = ?3 WHERE id = ?1",
        params![id.0, to.0, folder],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Batch> {
    let left_out: String = row.get(3)?;
    Ok(Batch {
        id: BatchId(row.get(0)?),
        destination: DestinationId(row.get(1)?),
        folder: row.get(2)?,
        left_out: serde_json::from_str(&left_out).unwrap_or_default(),
        created_at: row.get(4)?,
        starts_at: row.get(5)?,
        finished_at: row.get(6)?,
    })
}

#[cfg(test)]
mod tests;
