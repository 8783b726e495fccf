//! Rows of `event`: what happened to a job.

use rusqlite::{Connection, params};

use super::{JournalError, Result};
use crate::log::Log;
use crate::record::JobId;

/// Lines kept per job: a part that is sent again a thousand times must not fill the disk.
const KEPT: i64 = 200;

pub(crate) fn add(conn: &Connection, now: i64, job: &JobId, what: &Log) -> Result<()> {
    let text = serde_json::to_string(what).map_err(|e| JournalError::Damaged(e.to_string()))?;
    conn.prepare_cached("INSERT INTO event(job, at, what) VALUES (?1, ?2, ?3)")?
        .execute(params![job.0, now, text])?;
    conn.prepare_cached(
        "DELETE FROM event WHERE job = ?1 AND id <= (SELECT id FROM event WHERE job = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![job.0, KEPT])?;
    Ok(())
}

/// When that last happened to a job, Unix milliseconds.
pub(crate) fn last(conn: &Connection, job: &JobId, what: &Log) -> Result<Option<i64>> {
    let text = serde_json::to_string(what).map_err(|e| JournalError::Damaged(e.to_string()))?;
    Ok(conn
        .prepare_cached("SELECT max(at) FROM event WHERE job = ?1 AND what = ?2")?
        .query_row(params![job.0, text], |row| row.get(0))?)
}

/// The newest lines, newest first.
pub(crate) fn newest(conn: &Connection, job: &JobId, limit: u32) -> Result<Vec<(i64, Log)>> {
    let mut statement =
        conn.prepare_cached("SELECT at, what FROM event WHERE job = ?1 ORDER BY id DESC LIMIT ?2")?;
    let rows = statement.query_map(params![job.0, limit], |r| Ok((r.get(0)?, r.get::<_, String>(1)?)))?;
    let mut lines = Vec::new();
    for row in rows {
        let (at, text) = row?;
        // A line in an older version's format is skipped, so that the details still open.
        if let Ok(what) = serde_json::from_str(&text) {
            lines.push((at, what));
        }
    }
    Ok(lines)
}
