//! Rows of `session`, `target` and `receipt`: the vendor's upload, where its parts are sent, and what came
//! back.

use partway_core::{Etag, FileReceipt, PartNumber, PartReceipt, SignedUrl};
use partway_provider::{IfExists, PartTarget, Session, Started};
use rusqlite::{Connection, OptionalExtension, params};

use super::destinations::json;
use super::{JournalError, Result, vain};
use crate::record::{DestinationId, Job, JobId};

/// An open session as recorded in the journal.
#[derive(Debug, Clone)]
pub(crate) struct OpenSession {
    pub(crate) id: i64,
    pub(crate) session: Session,
    /// Unix milliseconds.
    pub(crate) opened_at: i64,
    /// *Complete* was sent at least once; its outcome may be unknown.
    pub(crate) complete_sent: bool,
    /// Opened by an earlier run: what that run sent may have arrived.
    pub(crate) resumed: bool,
    /// Replaces an existing file.
    pub(crate) replaces: bool,
    /// How often its links were renewed because none of them worked.
    pub(crate) broken: u32,
}

/// A discarded session that the vendor may still keep.
#[derive(Debug, Clone)]
pub(crate) struct Leftover {
    pub(crate) id: i64,
    pub(crate) job: JobId,
    pub(crate) destination: DestinationId,
    pub(crate) session: Session,
}

/// Writes a new session with its plan and targets, before the first byte is sent.
pub(crate) fn open(conn: &Connection, now: i64, job: &Job, started: &Started) -> Result<i64> {
    conn.execute(
        "INSERT INTO session(job, destination, body, expires_s, opened_at, status, replaces) VALUES (?1, ?2, ?3, ?4, ?5, 'open', ?6)",
        params![
            job.id.0,
            job.destination.0,
            started.session.body,
            started.session.expires_at,
            now,
            job.fields.if_exists == Some(IfExists::Overwrite)
        ],
    )?;
    let id = conn.last_insert_rowid();
    conn.execute(
        "UPDATE job SET part_size = ?2, part_count = ?3, confirmed = 0, parts_confirmed = 0, started_at = coalesce(started_at, ?4) WHERE id = ?1",
        params![job.id.0, started.plan.part_size(), started.plan.count(), now],
    )?;
    put_targets(conn, id, &started.targets)?;
    Ok(id)
}

pub(crate) fn put_targets(conn: &Connection, session: i64, targets: &[PartTarget]) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "INSERT OR REPLACE INTO target(session, part, url, headers, expires_s) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for target in targets {
        statement.execute(params![
            session,
            target.number.get(),
            target.url.expose(),
            json(&target.headers)?,
            target.expires_at
        ])?;
    }
    Ok(())
}

pub(crate) fn current(conn: &Connection, job: &JobId) -> Result<Option<OpenSession>> {
    Ok(conn
        .prepare_cached("SELECT id, body, expires_s, opened_at, complete_sent, replaces, broken FROM session WHERE job = ?1 AND status = 'open'")?
        .query_row([&job.0], |r| {
            Ok(OpenSession {
                id: r.get(0)?,
                session: Session { body: r.get(1)?, expires_at: r.get(2)? },
                opened_at: r.get(3)?,
                complete_sent: r.get(4)?,
                resumed: true,
                replaces: r.get(5)?,
                broken: r.get(6)?,
            })
        })
        .optional()?)
}

/// Parts from `from` to `to` without a receipt, in order, each with its target if there is one.
pub(crate) fn missing(
    conn: &Connection,
    session: i64,
    from: u32,
    to: u32,
    limit: u32,
) -> Result<Vec<(PartNumber, Option<PartTarget>)>> {
    // SQLite dequeues rows of a recursive query first in, first out, so they come in order and only as many
    // as needed are generated.
    let mut statement = conn.prepare_cached(
        "WITH RECURSIVE number(part) AS (SELECT ?2 WHERE ?2 <= ?3 UNION ALL SELECT part + 1 FROM number WHERE part < ?3)
         SELECT number.part, url, headers, expires_s FROM number
         LEFT JOIN target ON target.session = ?1 AND target.part = number.part
         WHERE NOT EXISTS (SELECT 1 FROM receipt WHERE receipt.session = ?1 AND receipt.part = number.part) LIMIT ?4",
    )?;
    let mut rows = statement.query(params![session, from, to, limit])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        let number = part_number(row.get(0)?)?;
        let target = match row.get::<_, Option<String>>(1)? {
            None => None,
            Some(url) => Some(PartTarget {
                number,
                url: SignedUrl::new(url),
                headers: serde_json::from_str(&row.get::<_, String>(2)?)
                    .map_err(|e| JournalError::Damaged(e.to_string()))?,
                expires_at: row.get(3)?,
            }),
        };
        parts.push((number, target));
    }
    Ok(parts)
}

/// Deletes links that expired or never worked: they are credentials without a use.
pub(crate) fn forget_missing_targets(conn: &Connection, session: i64) -> Result<()> {
    conn.execute(
        "DELETE FROM target WHERE session = ?1 AND NOT EXISTS
           (SELECT 1 FROM receipt WHERE receipt.session = target.session AND receipt.part = target.part)",
        [session],
    )?;
    Ok(())
}

/// Sets how often a session's links were renewed because none of them worked.
pub(crate) fn set_broken(conn: &Connection, session: i64, times: u32) -> Result<()> {
    conn.execute("UPDATE session SET broken = ?2 WHERE id = ?1", params![session, times])?;
    Ok(())
}

/// Makes the session replace the existing file.
pub(crate) fn set_replacing(conn: &Connection, session: i64, changed: &Session) -> Result<()> {
    conn.execute(
        "UPDATE session SET body = ?2, expires_s = ?3, replaces = 1 WHERE id = ?1",
        params![session, changed.body, changed.expires_at],
    )?;
    Ok(())
}

/// Adds a receipt and counts it for the job, in one transaction. A part that already has one is not counted
/// twice. A receipt of a session discarded meanwhile is not counted at all: the count belongs to its
/// successor.
pub(crate) fn confirm(
    conn: &Connection,
    now: i64,
    job: &JobId,
    session: i64,
    receipt: &PartReceipt,
) -> Result<u64> {
    let added = conn
        .prepare_cached(
            "INSERT OR IGNORE INTO receipt(session, part, size, md5, etag, compared, at, checksum) SELECT ?1,?2,?3,?4,?5,?6,?7,?8
             WHERE EXISTS (SELECT 1 FROM session WHERE id = ?1 AND status = 'open')",
        )?
        .execute(params![
            session,
            receipt.number.get(),
            receipt.size,
            receipt.md5.as_slice(),
            receipt.etag.as_ref().map(|etag| etag.0.as_str()),
            receipt.compared,
            now,
            receipt.checksum
        ])?;
    vain::went_through(conn, job, receipt.number)?;
    let (bytes, parts) = if added > 0 { (receipt.size, 1) } else { (0, 0) };
    Ok(conn
        .prepare_cached(
            "UPDATE job SET confirmed = confirmed + ?2, parts_confirmed = parts_confirmed + ?3 WHERE id = ?1 RETURNING confirmed",
        )?
        .query_row(params![job.0, bytes, parts], |r| r.get(0))?)
}

/// Removes receipts whose parts no longer match the file, or that the vendor does not have; returns their
/// bytes.
pub(crate) fn unconfirm(conn: &Connection, job: &JobId, session: i64, parts: &[PartNumber]) -> Result<u64> {
    let mut bytes = 0;
    for part in parts {
        let gone: Option<u64> = conn
            .query_row(
                "DELETE FROM receipt WHERE session = ?1 AND part = ?2 RETURNING size",
                params![session, part.get()],
                |r| r.get(0),
            )
            .optional()?;
        bytes += gone.unwrap_or(0);
    }
    conn.execute(
        "UPDATE job SET confirmed = (SELECT coalesce(sum(size), 0) FROM receipt WHERE session = ?2),
                        parts_confirmed = (SELECT count(*) FROM receipt WHERE session = ?2) WHERE id = ?1",
        params![job.0, session],
    )?;
    Ok(bytes)
}

pub(crate) fn receipts(conn: &Connection, session: i64) -> Result<Vec<PartReceipt>> {
    let mut statement = conn.prepare_cached(
        "SELECT part, size, md5, etag, compared, checksum FROM receipt WHERE session = ?1 ORDER BY part",
    )?;
    let mut rows = statement.query([session])?;
    let mut receipts = Vec::new();
    while let Some(row) = rows.next()? {
        let md5: Vec<u8> = row.get(2)?;
        receipts.push(PartReceipt {
            number: part_number(row.get(0)?)?,
            size: row.get(1)?,
            md5: md5
                .try_into()
                .map_err(|_| JournalError::Damaged("a checksum of the wrong length".into()))?,
            etag: row.get::<_, Option<String>>(3)?.map(Etag),
            compared: row.get(4)?,
            checksum: row.get(5)?,
        });
    }
    Ok(receipts)
}

/// A job's newest session, ended or not: its receipts prove what was sent.
pub(crate) fn newest(conn: &Connection, job: &JobId) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT max(id) FROM session WHERE job = ?1")?
        .query_row([&job.0], |r| r.get(0))?)
}

pub(crate) fn mark_complete_sent(conn: &Connection, session: i64, sent: bool) -> Result<()> {
    conn.execute("UPDATE session SET complete_sent = ?2 WHERE id = ?1", params![session, sent])?;
    Ok(())
}

pub(crate) fn settle(
    conn: &Connection,
    job: &JobId,
    receipt: &FileReceipt,
    checksum: Option<&str>,
) -> Result<()> {
    conn.execute("UPDATE job SET checksum = ?2 WHERE id = ?1", params![job.0, checksum])?;
    set_receipt(conn, job, receipt)
}

pub(crate) fn set_receipt(conn: &Connection, job: &JobId, receipt: &FileReceipt) -> Result<()> {
    conn.execute("UPDATE job SET receipt = ?2 WHERE id = ?1", params![job.0, json(receipt)?])?;
    Ok(())
}

/// The vendor's confirmation was not about this file.
pub(crate) fn forget_receipt(conn: &Connection, job: &JobId) -> Result<()> {
    conn.execute("UPDATE job SET receipt = NULL WHERE id = ?1", [&job.0])?;
    Ok(())
}

/// Detaches the session from its job: its links are deleted at once, and what the vendor keeps of it is
/// remembered.
pub(crate) fn give_up(conn: &Connection, job: &JobId) -> Result<()> {
    conn.execute(
        "DELETE FROM target WHERE session IN (SELECT id FROM session WHERE job = ?1 AND status = 'open')",
        [&job.0],
    )?;
    conn.execute("UPDATE session SET status = 'to-abort' WHERE job = ?1 AND status = 'open'", [&job.0])?;
    conn.execute(
        "UPDATE job SET part_size = NULL, part_count = NULL, confirmed = 0, parts_confirmed = 0, receipt = NULL WHERE id = ?1",
        [&job.0],
    )?;
    Ok(())
}

/// Counts one more session of this job that ended without its file.
pub(crate) fn count_ended(conn: &Connection, job: &JobId) -> Result<u32> {
    Ok(conn.query_row(
        "UPDATE job SET sessions_ended = sessions_ended + 1 WHERE id = ?1 RETURNING sessions_ended",
        [&job.0],
        |r| r.get(0),
    )?)
}

pub(crate) fn reset_ended(conn: &Connection, job: &JobId) -> Result<()> {
    conn.execute("UPDATE job SET sessions_ended = 0 WHERE id = ?1", [&job.0])?;
    Ok(())
}

/// The job has ended: deletes links and session secrets, and keeps receipts as proof.
pub(crate) fn forget(conn: &Connection, job: &JobId) -> Result<()> {
    conn.execute("DELETE FROM target WHERE session IN (SELECT id FROM session WHERE job = ?1)", [&job.0])?;
    conn.execute(
        "UPDATE session SET status = 'ended', body = '' WHERE job = ?1 AND status = 'open'",
        [&job.0],
    )?;
    Ok(())
}

/// The first discarded sessions after `after` that are still to be aborted.
pub(crate) fn leftovers(conn: &Connection, after: i64, limit: u32) -> Result<Vec<Leftover>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, job, destination, body, expires_s FROM session INDEXED BY session_to_abort WHERE status = 'to-abort' AND id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let rows = statement.query_map(params![after, limit], |r| {
        Ok(Leftover {
            id: r.get(0)?,
            job: JobId(r.get(1)?),
            destination: DestinationId(r.get(2)?),
            session: Session { body: r.get(3)?, expires_at: r.get(4)? },
        })
    })?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// The vendor aborted it (`ended`) or cannot (`left`): then it is listed until it expires.
pub(crate) fn set_status(conn: &Connection, session: i64, status: &str) -> Result<()> {
    conn.execute("UPDATE session SET status = ?2, body = '' WHERE id = ?1", params![session, status])?;
    Ok(())
}

/// Sessions that the vendor cannot abort and that have not expired: their expiry in Unix seconds.
pub(crate) fn left_behind(conn: &Connection, job: &JobId, now_s: u64) -> Result<Vec<Option<u64>>> {
    let mut statement = conn.prepare_cached(
        "SELECT expires_s FROM session WHERE job = ?1 AND status IN ('left', 'to-abort') AND (expires_s IS NULL OR expires_s > ?2)",
    )?;
    let rows = statement.query_map(params![job.0, now_s], |r| r.get(0))?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

fn part_number(number: u32) -> Result<PartNumber> {
    PartNumber::new(number).ok_or_else(|| JournalError::Damaged("a part with the number 0".into()))
}

#[cfg(test)]
mod tests;
