//! What needs attention, read as groups: neither cost nor result grows with the number of files that wait
//! for the same thing.

use std::path::PathBuf;

use rusqlite::{Connection, params};

use super::Result;
use crate::paths;
use crate::record::{BatchId, DestinationId, JobId};

/// Maximum number of groups: more could not be shown.
const MOST: u32 = 200;
/// Maximum number of missing files that are looked for by path.
const MOST_PATHS: u32 = 2_000;

/// Files of one batch that need attention for the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// The batch.
    pub batch: BatchId,
    /// Where they are sent.
    pub destination: DestinationId,
    /// The cause's name in the journal ("quota-refused").
    pub cause: String,
    /// Number of files.
    pub files: u32,
}

/// A session that expires soon and holds data that would have to be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingSession {
    /// Its job.
    pub job: JobId,
    /// Where it is sent.
    pub destination: DestinationId,
    /// The file's name.
    pub name: String,
    /// Bytes of the file.
    pub size: u64,
    /// Confirmed bytes.
    pub confirmed: u64,
    /// When it expires, Unix seconds.
    pub expires_s: u64,
}

/// Files that need attention, by batch and cause; newest batches first.
pub(crate) fn attention(conn: &Connection) -> Result<Vec<Attention>> {
    let mut statement = conn.prepare_cached(
        "SELECT attention.batch, batch.destination, cause, files FROM attention INDEXED BY attention_newest
         CROSS JOIN batch ON batch.id = attention.batch ORDER BY attention.batch DESC, cause LIMIT ?1",
    )?;
    let rows = statement.query_map([MOST], |r| {
        Ok(Attention {
            batch: BatchId(r.get(0)?),
            destination: DestinationId(r.get(1)?),
            cause: r.get(2)?,
            files: r.get(3)?,
        })
    })?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Batches with undecided name conflicts: the destination and the number of such jobs.
pub(crate) fn names_taken(conn: &Connection) -> Result<Vec<(BatchId, DestinationId, u32)>> {
    let mut statement = conn.prepare_cached(
        "SELECT attention.batch, batch.destination, sum(files)
         FROM attention INDEXED BY attention_names CROSS JOIN batch ON batch.id = attention.batch
         WHERE cause IN ('name-taken', 'name-shared') GROUP BY attention.batch LIMIT ?1",
    )?;
    let rows =
        statement.query_map([MOST], |r| Ok((BatchId(r.get(0)?), DestinationId(r.get(1)?), r.get(2)?)))?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Open sessions of unfinished jobs that expire within `ahead_s` (for short ones: within half of their
/// lifetime), soonest first.
pub(crate) fn ending(conn: &Connection, now_s: u64, ahead_s: u64) -> Result<Vec<EndingSession>> {
    let mut statement = conn.prepare_cached(
        "SELECT job.id, job.destination, job.name, job.size, job.confirmed, session.expires_s
         FROM session INDEXED BY session_ending CROSS JOIN job ON job.id = session.job
         WHERE session.status = 'open' AND session.expires_s IS NOT NULL AND session.expires_s > ?1 AND session.expires_s <= ?1 + ?2
           AND session.expires_s - ?1 <= min(?2, (session.expires_s - session.opened_at / 1000) / 2)
           AND job.confirmed > 0 AND job.state IN ('waiting', 'checking', 'uploading', 'needs-attention')
         ORDER BY session.expires_s LIMIT ?3",
    )?;
    let rows = statement.query_map(params![now_s, ahead_s, MOST], |r| {
        Ok(EndingSession {
            job: JobId(r.get(0)?),
            destination: DestinationId(r.get(1)?),
            name: r.get(2)?,
            size: r.get(3)?,
            confirmed: r.get(4)?,
            expires_s: r.get(5)?,
        })
    })?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Paths of missing files, sorted.
pub(crate) fn away(conn: &Connection) -> Result<Vec<PathBuf>> {
    let mut statement = conn.prepare_cached(
        "SELECT path FROM job INDEXED BY job_away WHERE (holds & 8) = 8 AND state = 'waiting' ORDER BY path LIMIT ?1",
    )?;
    let rows = statement.query_map([MOST_PATHS], |r| Ok(paths::from_bytes(r.get(0)?)))?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Whether any file of a batch has an address that can be copied.
pub(crate) fn has_link(conn: &Connection, batch: &BatchId) -> Result<bool> {
    let mut statement = conn.prepare_cached(
        "SELECT EXISTS(SELECT 1 FROM job WHERE batch = ?1 AND json_extract(receipt, '$.link') IS NOT NULL)",
    )?;
    Ok(statement.query_row([&batch.0], |r| r.get(0))?)
}

#[cfg(test)]
mod tests;
