//! Rows of `job` and `hold`, and the only place where a job's state changes on disk.

use partway_core::{Effect, Event, Hold, Holds, IllegalStep, PartPlan, State, step};
use partway_provider::{Fields, FileHash, HashAlgorithm, IfExists};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::destinations::json;
use super::fields::{self, File};
pub(crate) use super::select::{
    ahead, count_held, count_open, find, held_by, in_states, of_batch, of_batch_after, open_of_destination,
    runnable, whose_name_is_taken,
};
use super::{JournalError, Result, identity, sessions, starts, vain, watched};
use crate::paths;
use crate::record::{BatchId, Destination, DestinationId, Job, JobId};

pub(super) const COLUMNS: &str = "id, batch, destination, position, path, name, size, modified_ns, file_device, file_number, mime, fields, \
     state, cause, detail, part_size, part_count, confirmed, parts_confirmed, sessions_ended, receipt, checksum, created_at, started_at, \
     finished_at, (SELECT group_concat(hold) FROM hold WHERE hold.job = job.id), folders, hash, skipped, changed_ns";

/// The outcome of a step.
#[derive(Debug, Clone)]
pub(crate) struct Applied {
    /// The job afterwards.
    pub(crate) job: Job,
    /// The state before.
    pub(crate) before: State,
    /// What the engine has to do next.
    pub(crate) effects: Vec<Effect>,
}

pub(crate) fn add(conn: &Connection, job: &Job) -> Result<()> {
    let (size, modified, device, number, changed) = identity::columns(&job.identity);
    conn.prepare_cached(
        "INSERT INTO job(id, batch, destination, position, path, name, size, modified_ns, file_device, file_number, mime, fields, state, created_at, folders, changed_ns)
         VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
    )?
    .execute(params![
        job.id.0,
        job.batch.0,
        job.destination.0,
        job.position,
        paths::to_bytes(&job.path),
        job.name,
        size,
        modified,
        device,
        number,
        job.mime,
        json(&job.fields)?,
        job.state.name(),
        job.created_at,
        job.folders,
        changed
    ])?;
    for hold in job.holds.iter() {
        add_hold(conn, job.created_at, &job.id, hold)?;
    }
    Ok(())
}

/// The next free position.
pub(crate) fn next_position(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row("SELECT coalesce(max(position), 0) + 1 FROM job", [], |r| r.get(0))?)
}

pub(crate) fn get(conn: &Connection, id: &JobId) -> Result<Option<Job>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM job WHERE id = ?1"))?
        .query_row([&id.0], read)
        .optional()?)
}

pub(crate) fn require(conn: &Connection, id: &JobId) -> Result<Job> {
    get(conn, id)?.ok_or_else(|| JournalError::Damaged(format!("there is no job {id}")))
}

/// Applies one event: reads the job, runs the state machine, writes the result. An inner `Err` means that
/// the event does not apply in this state.
pub(crate) fn apply(
    conn: &Connection,
    now: i64,
    id: &JobId,
    event: &Event,
) -> Result<std::result::Result<Applied, IllegalStep>> {
    let mut job = require(conn, id)?;
    let before = job.state.clone();
    let (state, holds, effects) = match step(&job.state, job.holds, event) {
        Ok(next) => next,
        Err(illegal) => return Ok(Err(illegal)),
    };
    let cause = match &state {
        State::NeedsAttention(cause) => Some(json(cause)?),
        _ => None,
    };
    if *event == Event::Skip && state == State::Cancelling && before != State::Cancelling {
        conn.prepare_cached("UPDATE job SET skipped = 1 WHERE id = ?1")?.execute([&id.0])?;
        job.skipped = true;
    }
    if state.is_end() && state != before {
        watched::settle(conn, now, id, state == State::Verified)?;
    }
    vain::after(conn, id, event, &state)?;
    if starts::is_settled_by(&before, event, &state) {
        starts::answered(conn, id)?;
    }
    let finished = (state.is_end()).then(|| job.finished_at.unwrap_or(now));
    conn.prepare_cached(
        "UPDATE job SET state = ?2, cause = ?3, finished_at = ?4, detail = CASE WHEN ?3 IS NULL THEN NULL ELSE detail END WHERE id = ?1",
    )?
    .execute(params![id.0, state.name(), cause, finished])?;
    for hold in Hold::ALL {
        match (job.holds.contains(hold), holds.contains(hold)) {
            (false, true) => add_hold(conn, now, id, hold)?,
            (true, false) => {
                conn.prepare_cached("DELETE FROM hold WHERE job = ?1 AND hold = ?2")?
                    .execute(params![id.0, hold.name()])?;
            }
            _ => {}
        }
    }
    for effect in &effects {
        match effect {
            Effect::DropSession => sessions::give_up(conn, id)?,
            Effect::ForgetSecrets => sessions::forget(conn, id)?,
            _ => {}
        }
    }
    if effects.contains(&Effect::DropSession) {
        job = require(conn, id)?;
    }
    (job.state, job.holds, job.finished_at) = (state, holds, finished);
    Ok(Ok(Applied { job, before, effects }))
}

fn add_hold(conn: &Connection, now: i64, id: &JobId, hold: Hold) -> Result<()> {
    conn.prepare_cached("INSERT OR IGNORE INTO hold(job, hold, since) VALUES (?1, ?2, ?3)")?
        .execute(params![id.0, hold.name(), now])?;
    Ok(())
}

pub(crate) fn set_detail(conn: &Connection, id: &JobId, detail: &str) -> Result<()> {
    conn.prepare_cached("UPDATE job SET detail = ?2 WHERE id = ?1")?.execute(params![id.0, detail])?;
    Ok(())
}

/// Stores the file's current hash; it is cleared when the identity changes.
pub(crate) fn set_hash(conn: &Connection, id: &JobId, hash: &FileHash) -> Result<()> {
    let text = format!("{}:{}", algorithm(hash.algorithm), hash.hex);
    conn.execute("UPDATE job SET hash = ?2 WHERE id = ?1", params![id.0, text])?;
    Ok(())
}

const fn algorithm(algorithm: HashAlgorithm) -> &'static str {
    match algorithm {
        HashAlgorithm::Md5 => "md5",
        HashAlgorithm::Sha1 => "sha1",
        HashAlgorithm::Sha256 => "sha256",
    }
}

fn hash(text: &str) -> Option<FileHash> {
    let (name, hex) = text.split_once(':')?;
    let known = [HashAlgorithm::Md5, HashAlgorithm::Sha1, HashAlgorithm::Sha256];
    let algorithm = known.into_iter().find(|known| algorithm(*known) == name)?;
    Some(FileHash { algorithm, hex: hex.to_owned() })
}

/// Writes a job's fields and MIME type; returns `false` without writing if the fields exceed `longest`
/// bytes.
pub(crate) fn set_fields(conn: &Connection, job: &Job, longest: usize) -> Result<bool> {
    let fields = json(&job.fields)?;
    if fields.len() > longest {
        return Ok(false);
    }
    conn.prepare_cached("UPDATE job SET fields = ?2, mime = ?3 WHERE id = ?1")?
        .execute(params![job.id.0, fields, job.mime])?;
    Ok(true)
}

/// Sets what to do with every unfinished file of a batch if its name is taken.
pub(crate) fn set_if_exists(conn: &Connection, batch: &BatchId, how: IfExists) -> Result<()> {
    conn.execute(
        "UPDATE job SET fields = json_set(fields, '$.if_exists', json(?2))
         WHERE batch = ?1 AND state NOT IN ('uploaded', 'verified', 'cancelling', 'cancelled')",
        params![batch.0, json(&how)?],
    )?;
    Ok(())
}

/// Moves the jobs of a batch, none of which has started, to another destination with its defaults.
pub(crate) fn redirect(
    conn: &Connection,
    batch: &BatchId,
    to: &Destination,
    folder: Option<&str>,
    date: &str,
) -> Result<()> {
    for id in of_batch(conn, batch)? {
        let job = require(conn, &id)?;
        let fields = fields::of(to, &Fields::default(), folder, File::of(&job), date);
        conn.prepare_cached("UPDATE job SET destination = ?2, fields = ?3 WHERE id = ?1")?
            .execute(params![id.0, to.id.0, json(&fields)?])?;
    }
    Ok(())
}

pub(crate) fn remove(conn: &Connection, id: &JobId) -> Result<()> {
    conn.execute("DELETE FROM job WHERE id = ?1", [&id.0])?;
    Ok(())
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Job> {
    let identity = identity::read(row, [6, 7, 8, 9, 29])?;
    let plan = match (row.get::<_, Option<u64>>(15)?, row.get::<_, Option<u32>>(16)?) {
        (Some(part_size), Some(count)) => PartPlan::restore(identity.size, part_size, count).ok(),
        _ => None,
    };
    let text = |index: usize| row.get::<_, Option<String>>(index);
    Ok(Job {
        id: JobId(row.get(0)?),
        batch: BatchId(row.get(1)?),
        destination: DestinationId(row.get(2)?),
        position: row.get(3)?,
        path: paths::from_bytes(row.get(4)?),
        name: row.get(5)?,
        identity,
        folders: row.get(26)?,
        hash: text(27)?.and_then(|text| hash(&text)),
        skipped: row.get(28)?,
        mime: row.get(10)?,
        fields: row.get::<_, String>(11).map(|json| serde_json::from_str(&json).unwrap_or_default())?,
        state: state(&row.get::<_, String>(12)?, text(13)?.as_deref()),
        detail: text(14)?,
        plan,
        confirmed: row.get(17)?,
        parts_confirmed: row.get(18)?,
        sessions_ended: row.get(19)?,
        receipt: text(20)?.and_then(|json| serde_json::from_str(&json).ok()),
        checksum: row.get(21)?,
        created_at: row.get(22)?,
        started_at: row.get(23)?,
        finished_at: row.get(24)?,
        holds: text(25)?.map_or(Holds::NONE, |names| names.split(',').filter_map(Hold::from_name).collect()),
    })
}

/// A state that no version wrote means a damaged row: it needs attention, nothing is sent.
fn state(name: &str, cause: Option<&str>) -> State {
    let damaged = || partway_core::Cause::BrokenReply {
        what: "the journal's record of this file cannot be read".into(),
    };
    match name {
        "waiting" => State::Waiting,
        "checking" => State::Checking,
        "uploading" => State::Uploading,
        "finishing" => State::Finishing,
        "uploaded" => State::Uploaded,
        "verified" => State::Verified,
        "cancelling" => State::Cancelling,
        "cancelled" => State::Cancelled,
        _ => State::NeedsAttention(
            cause.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_else(damaged),
        ),
    }
}

#[cfg(test)]
mod tests;
