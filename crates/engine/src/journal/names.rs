//! The names that jobs take at their destination: no two jobs take the same one without the user's consent.

use std::path::PathBuf;

use partway_provider::IfExists;
use rusqlite::{Connection, OptionalExtension, params};

use super::Result;
use crate::paths;
use crate::record::{Job, JobId};

/// How many alternative names are tried for a file.
pub(crate) const MOST: u32 = 1000;

/// The outcome of reserving a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reserved {
    /// Reserved until the job ends; the index of the alternative name (0: its own).
    Beside(u32),
    /// Another job has it: the name and that job's file.
    Taken(String, PathBuf),
    /// Files have no names at this destination.
    Nameless,
}

/// Reserves the name for a job. If it is taken and the job may be renamed, tries the alternatives from
/// `from` on. The check and the write are one transaction on the only writing connection, so no two jobs
/// get the same name.
pub(crate) fn reserve(
    conn: &Connection,
    job: &Job,
    from: u32,
    name: impl Fn(u32) -> Option<String>,
) -> Result<Reserved> {
    let how = job.fields.if_exists;
    let (passed, may_replace) = standing(conn, &job.id)?;
    let renames = how == Some(IfExists::Rename);
    let first = if renames { from.max(passed) } else { 0 };
    let mut last = None;
    for beside in first..=first.saturating_add(if renames { MOST } else { 0 }) {
        let Some(name) = name(beside) else { return Ok(Reserved::Nameless) };
        let replaces = how == Some(IfExists::Overwrite) && may_replace;
        let other = if replaces { None } else { taken_from(conn, job, &name)? };
        let Some(other) = other else {
            conn.prepare_cached("UPDATE job SET takes = ?2, beside = ?3 WHERE id = ?1")?
                .execute(params![job.id.0, name, beside])?;
            return Ok(Reserved::Beside(beside));
        };
        last = Some((name, other));
    }
    conn.prepare_cached("UPDATE job SET takes = NULL WHERE id = ?1")?.execute([&job.id.0])?;
    Ok(last.map_or(Reserved::Nameless, |(name, other)| Reserved::Taken(name, other)))
}

/// How many names were passed over, and whether the user allowed replacing, for the job or its batch.
fn standing(conn: &Connection, job: &JobId) -> Result<(u32, bool)> {
    Ok(conn
        .prepare_cached(
            "SELECT job.beside, job.may_replace OR coalesce(batch.if_exists, '') = '\"overwrite\"'
             FROM job JOIN batch ON batch.id = job.batch WHERE job.id = ?1",
        )?
        .query_row([&job.0], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// The file of another job that is being sent, or within the batch was sent, under that name.
fn taken_from(conn: &Connection, job: &Job, name: &str) -> Result<Option<PathBuf>> {
    const GO: &str = "'waiting', 'checking', 'uploading', 'finishing'";
    // The conflicting states within the batch and in other batches, unless replacing files of earlier
    // batches is intended. Each lookup uses an index: a file that changes every minute may have been sent
    // to the same name a hundred thousand times.
    let (within, elsewhere) = match job.fields.if_exists {
        Some(IfExists::Overwrite) => (format!("{GO}, 'needs-attention', 'uploaded', 'verified'"), None),
        // A job that needs attention may continue, and this one has a free name.
        Some(IfExists::Rename) => (
            format!("{GO}, 'needs-attention', 'uploaded', 'verified'"),
            Some(format!("{GO}, 'needs-attention'")),
        ),
        // A job that needs attention has stored nothing yet; if it continues later, the destination reports
        // the conflict.
        _ => (format!("{GO}, 'uploaded', 'verified'"), Some(GO.to_owned())),
    };
    let first = |sql: &str, place: &str| {
        let row = params![place, name, job.id.0];
        conn.prepare_cached(sql)?.query_row(row, |row| Ok(paths::from_bytes(row.get(0)?))).optional()
    };
    let in_batch = first(
        &format!(
            "SELECT path FROM job INDEXED BY job_takes_in_batch WHERE batch = ?1 AND takes = ?2 AND state IN ({within}) AND id <> ?3 LIMIT 1"
        ),
        &job.batch.0,
    )?;
    let (None, Some(elsewhere)) = (&in_batch, elsewhere) else { return Ok(in_batch) };
    Ok(first(
        &format!(
            "SELECT path FROM job INDEXED BY job_takes
             WHERE destination = ?1 AND takes = ?2 AND section < 3 AND state IN ({elsewhere}) AND id <> ?3 LIMIT 1"
        ),
        &job.destination.0,
    )?)
}

/// The destination already has the name that this job took: the next attempt tries the following one.
/// `false`: it took none, or the limit is reached.
pub(crate) fn pass_over(conn: &Connection, job: &JobId, most: u32) -> Result<bool> {
    let passed = conn
        .prepare_cached(
            "UPDATE job SET beside = beside + 1, takes = NULL WHERE id = ?1 AND takes IS NOT NULL AND beside < ?2",
        )?
        .execute(params![job.0, most])?;
    Ok(passed > 0)
}

/// Records the user's decision about this job, whose name is taken.
pub(crate) fn decide(conn: &Connection, job: &JobId, how: IfExists) -> Result<()> {
    conn.prepare_cached(
        "UPDATE job SET may_replace = ?3, fields = json_set(fields, '$.if_exists', json(?2)) WHERE id = ?1",
    )?
    .execute(params![job.0, super::destinations::json(&how)?, how == IfExists::Overwrite])?;
    Ok(())
}

/// The name that a job has taken.
pub(crate) fn taken_by(conn: &Connection, job: &JobId) -> Result<Option<String>> {
    Ok(conn.prepare_cached("SELECT takes FROM job WHERE id = ?1")?.query_row([&job.0], |row| row.get(0))?)
}
