//! Rows of `vain` and `vain_hour`: bytes of a file that were sent but not confirmed.

use partway_core::{Event, PartNumber, State, Vain};
use rusqlite::{Connection, OptionalExtension, params};

use super::Result;
use crate::record::JobId;

/// An hour, milliseconds.
const HOUR: i64 = 60 * 60 * 1000;

/// What was sent in vain, and when the current hour ends, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct InVain {
    pub(crate) vain: Vain,
    pub(crate) hour_until: i64,
}

/// Records one attempt. `answered`: the service rejected it or received other bytes; otherwise a connection
/// broke.
pub(crate) fn add(
    conn: &Connection,
    now: i64,
    job: &JobId,
    part: Option<PartNumber>,
    bytes: u64,
    answered: bool,
) -> Result<InVain> {
    if answered {
        for part in [Some(0), part.map(PartNumber::get)].into_iter().flatten() {
            conn.prepare_cached(
                "INSERT INTO vain(job, part, times, bytes) VALUES (?1, ?2, 1, ?3)
                 ON CONFLICT(job, part) DO UPDATE SET times = times + 1, bytes = bytes + ?3",
            )?
            .execute(params![job.0, part, bytes])?;
        }
    }
    // An hour in the future dates from before the clock was set back.
    conn.prepare_cached(
        "INSERT INTO vain_hour(job, times, bytes, began, hour, confirmed) SELECT ?1, 1, ?2, ?3, ?2, confirmed FROM job WHERE id = ?1
         ON CONFLICT(job) DO UPDATE SET times = times + 1, bytes = bytes + ?2,
           began = CASE WHEN began BETWEEN ?3 - ?4 AND ?3 THEN began ELSE ?3 END,
           hour = CASE WHEN began BETWEEN ?3 - ?4 AND ?3 THEN hour ELSE 0 END + ?2,
           confirmed = CASE WHEN began BETWEEN ?3 - ?4 AND ?3 THEN confirmed ELSE excluded.confirmed END",
    )?
    .execute(params![job.0, bytes, now, HOUR])?;
    of(conn, now, job, part)
}

/// The totals of a file and of one of its parts.
pub(crate) fn of(conn: &Connection, now: i64, job: &JobId, part: Option<PartNumber>) -> Result<InVain> {
    let row = |part: u32| -> Result<(u32, u64)> {
        Ok(conn
            .prepare_cached("SELECT times, bytes FROM vain WHERE job = ?1 AND part = ?2")?
            .query_row(params![job.0, part], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?
            .unwrap_or_default())
    };
    let (part_times, part_bytes) = part.map_or(Ok((0, 0)), |part| row(part.get()))?;
    let (_, file_bytes) = row(0)?;
    let whole = conn
        .prepare_cached(
            "SELECT times, bytes, began, hour, max(0, (SELECT job.confirmed FROM job WHERE id = ?1) - vain_hour.confirmed)
             FROM vain_hour WHERE job = ?1",
        )?
        .query_row([&job.0], |r| Ok((r.get(0)?, r.get(1)?, r.get::<_, i64>(2)?, r.get(3)?, r.get(4)?)))
        .optional()?;
    let Some((times, bytes, began, hour, confirmed)) = whole else {
        return Ok(InVain {
            vain: Vain { part_times, part_bytes, file_bytes, ..Vain::default() },
            hour_until: now,
        });
    };
    let over = !(now - HOUR..=now).contains(&began);
    let (hour_bytes, hour_confirmed) = if over { (0, 0) } else { (hour, confirmed) };
    let vain = Vain { part_times, part_bytes, file_bytes, times, bytes, hour_bytes, hour_confirmed };
    Ok(InVain { vain, hour_until: if over { now } else { began + HOUR } })
}

/// The part was confirmed.
pub(crate) fn went_through(conn: &Connection, job: &JobId, part: PartNumber) -> Result<()> {
    conn.prepare_cached("DELETE FROM vain WHERE job = ?1 AND part = ?2")?
        .execute(params![job.0, part.get()])?;
    Ok(())
}

/// Clears the totals once the file has ended or the user has retried it.
pub(crate) fn after(conn: &Connection, job: &JobId, event: &Event, state: &State) -> Result<()> {
    if !state.is_end() && !matches!(event, Event::Retry | Event::SendAgain) {
        return Ok(());
    }
    conn.prepare_cached("DELETE FROM vain WHERE job = ?1")?.execute([&job.0])?;
    conn.prepare_cached("DELETE FROM vain_hour WHERE job = ?1")?.execute([&job.0])?;
    Ok(())
}
