//! Selects jobs: the next in the queue, or by batch, destination or hold. Each query uses a dedicated
//! index.

use std::path::PathBuf;

use partway_core::Hold;
use rusqlite::{Connection, OptionalExtension, params};

use super::Result;
use crate::paths;
use crate::record::{BatchId, DestinationId, JobId};

/// The next runnable jobs, in queue order; those that lack only an answer first.
///
/// Two walks along indexes that hold nothing else. Jobs of a batch that is being taken in do not run: there
/// is only one at a time, at the end of the queue, so the walk stops before its first file.
pub(crate) fn runnable(conn: &Connection, limit: usize, except: &[JobId]) -> Result<Vec<JobId>> {
    let wanted = i64::try_from(limit + except.len()).unwrap_or(i64::MAX);
    let mut ids = Vec::new();
    for walk in [
        "SELECT id FROM job INDEXED BY job_unanswered WHERE state = 'finishing' AND holds = 0 ORDER BY position LIMIT ?1",
        "SELECT id FROM job INDEXED BY job_ready WHERE state = 'waiting' AND holds = 0 AND position <
           coalesce((SELECT min(position) FROM job WHERE batch = (SELECT id FROM batch INDEXED BY batch_coming_in WHERE expected IS NOT NULL)),
             9223372036854775807)
         ORDER BY position LIMIT ?1",
    ] {
        let mut statement = conn.prepare_cached(walk)?;
        let rows = statement.query_map([wanted], |r| Ok(JobId(r.get(0)?)))?;
        for row in rows {
            let id = row?;
            if !except.contains(&id) && ids.len() < limit {
                ids.push(id);
            }
        }
    }
    Ok(ids)
}

/// Ids by state.
pub(crate) fn in_states(conn: &Connection, states: &[&str]) -> Result<Vec<JobId>> {
    let mut ids = Vec::new();
    for state in states {
        let mut statement = conn.prepare_cached("SELECT id FROM job WHERE state = ?1 ORDER BY position")?;
        let rows = statement.query_map([state], |r| Ok(JobId(r.get(0)?)))?;
        for row in rows {
            ids.push(row?);
        }
    }
    Ok(ids)
}

/// Jobs with a hold, with their files and the devices these are on, in queue order.
pub(crate) fn held_by(conn: &Connection, hold: Hold) -> Result<Vec<(JobId, PathBuf, Option<u64>)>> {
    let mut statement = conn.prepare_cached(
        "SELECT job.position, job.id, job.path, job.file_device FROM hold INDEXED BY hold_kind CROSS JOIN job ON job.id = hold.job
         WHERE hold.hold = ?1",
    )?;
    let rows = statement.query_map([hold.name()], |r| {
        let device = r.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned);
        Ok((r.get::<_, i64>(0)?, (JobId(r.get(1)?), paths::from_bytes(r.get(2)?), device)))
    })?;
    let mut held = rows.collect::<std::result::Result<Vec<_>, _>>()?;
    held.sort_by_key(|(position, _)| *position);
    Ok(held.into_iter().map(|(_, job)| job).collect())
}

/// How many jobs of a destination have a hold.
pub(crate) fn count_held(conn: &Connection, hold: Hold, destination: &DestinationId) -> Result<u32> {
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(sum(files), 0) FROM tally WHERE destination = ?1 AND (holds & ?2) <> 0",
    )?;
    Ok(statement.query_row(params![destination.0, bit(hold)], |r| r.get(0))?)
}

/// A hold's bit in `job.holds`, which the schema's triggers write.
pub(super) const fn bit(hold: Hold) -> i64 {
    match hold {
        Hold::User => 1,
        Hold::Countdown => 2,
        Hold::Credentials => 4,
        Hold::SourceMissing => 8,
        Hold::Offline => 16,
        Hold::Throttled => 32,
        Hold::Schedule => 64,
        Hold::DriveSilent => 128,
        Hold::Unread => 256,
        // The schema's "others", which are never queried individually.
        Hold::InUse | Hold::Fetching => 512,
    }
}

/// The next `limit` jobs of a batch after `after`, in queue order.
pub(crate) fn of_batch_after(
    conn: &Connection,
    batch: &BatchId,
    after: i64,
    limit: usize,
) -> Result<Vec<(JobId, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, position FROM job INDEXED BY job_batch WHERE batch = ?1 AND position > ?2 ORDER BY position LIMIT ?3",
    )?;
    let rows = statement.query_map(params![batch.0, after, limit], |r| Ok((JobId(r.get(0)?), r.get(1)?)))?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

pub(crate) fn of_batch(conn: &Connection, batch: &BatchId) -> Result<Vec<JobId>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM job INDEXED BY job_batch WHERE batch = ?1 ORDER BY position")?;
    let rows = statement.query_map([&batch.0], |r| Ok(JobId(r.get(0)?)))?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Unfinished jobs of a destination with, or without, a hold.
pub(crate) fn open_of_destination(
    conn: &Connection,
    destination: &DestinationId,
    hold: Hold,
    held: bool,
) -> Result<Vec<JobId>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM job INDEXED BY job_open WHERE destination = ?1 AND section < 3 AND ((holds & ?2) <> 0) = ?3 ORDER BY position",
    )?;
    let rows = statement.query_map(params![destination.0, bit(hold), held], |r| Ok(JobId(r.get(0)?)))?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// How many jobs of a destination are unfinished.
pub(crate) fn count_open(conn: &Connection, destination: &DestinationId) -> Result<u32> {
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(sum(files), 0) FROM tally WHERE destination = ?1 AND state NOT IN ('uploaded', 'verified', 'cancelled')",
    )?;
    Ok(statement.query_row([&destination.0], |r| r.get(0))?)
}

/// Jobs of a batch with an undecided name conflict.
pub(crate) fn whose_name_is_taken(conn: &Connection, batch: &BatchId) -> Result<Vec<JobId>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM job WHERE batch = ?1 AND state = 'needs-attention' AND json_extract(cause, '$.cause') IN ('name-taken', 'name-shared') ORDER BY position",
    )?;
    let rows = statement.query_map([&batch.0], |r| Ok(JobId(r.get(0)?)))?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Ids that begin or end with `text`. At most two, which is enough to detect ambiguity; an exact match
/// wins.
pub(crate) fn find(conn: &Connection, text: &str) -> Result<Vec<JobId>> {
    let whole = conn
        .prepare_cached("SELECT id FROM job WHERE id = ?1")?
        .query_row([text], |r| r.get(0))
        .optional()?;
    if let Some(id) = whole {
        return Ok(vec![JobId(id)]);
    }
    let mut statement = conn.prepare_cached(
        "SELECT id FROM job WHERE substr(id, 1, length(?1)) = ?1 OR substr(id, -length(?1)) = ?1 ORDER BY position LIMIT 2",
    )?;
    let rows = statement.query_map([text], |r| Ok(JobId(r.get(0)?)))?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// How many jobs without holds are ahead of that position.
pub(crate) fn ahead(conn: &Connection, position: i64) -> Result<u32> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM job INDEXED BY job_ready WHERE state = 'waiting' AND holds = 0 AND position < ?1",
        )?
        .query_row([position], |r| r.get(0))?)
}
