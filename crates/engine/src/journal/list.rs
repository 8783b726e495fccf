//! The list, read by windows: what it costs does not grow with what is not looked at.

use rusqlite::{Connection, params};

use super::Result;
use super::jobs::{COLUMNS, read};
use crate::record::{BatchId, Job};

/// Which jobs a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Show {
    /// Everything: attention first, then active, waiting, and the ended.
    All,
    /// Checking, uploading, finishing.
    Active,
    /// Waiting for anything but the user.
    Waiting,
    /// Paused by the user.
    Paused,
    /// Needs attention.
    Attention,
    /// Verified.
    Verified,
}

impl Show {
    /// Which of the jobs that have not ended.
    const fn open(self) -> Option<&'static str> {
        match self {
            Self::All => Some("section < 3"),
            Self::Active => Some("section = 1"),
            Self::Waiting => Some(
                "section = 2 AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.job = job.id AND hold.hold = 'user')",
            ),
            Self::Paused => Some(
                "section = 2 AND EXISTS (SELECT 1 FROM hold WHERE hold.job = job.id AND hold.hold = 'user')",
            ),
            Self::Attention => Some("section = 0"),
            Self::Verified => None,
        }
    }

    /// Which of those that have.
    const fn ended(self) -> Option<&'static str> {
        match self {
            Self::All => Some("section = 3"),
            Self::Verified => Some("section = 3 AND state = 'verified'"),
            Self::Active | Self::Waiting | Self::Paused | Self::Attention => None,
        }
    }
}

/// How many jobs each list has, and the sums of the footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// All.
    pub all: u32,
    /// Active.
    pub active: u32,
    /// Waiting.
    pub waiting: u32,
    /// Paused.
    pub paused: u32,
    /// Needing attention.
    pub attention: u32,
    /// Verified.
    pub verified: u32,
    /// Bytes of what is active and waiting.
    pub open_size: u64,
    /// Bytes confirmed of it.
    pub open_confirmed: u64,
    /// Bytes that paused jobs still have to send.
    pub paused_left: u64,
}

/// A window of the list, in the order in which it is shown; the ended ones newest first.
///
/// Each half goes along an index of its own. One order for both would be made anew for every window, and look at every job for that.
pub(crate) fn window(conn: &Connection, show: Show, offset: u32, limit: u32) -> Result<Vec<Job>> {
    let mut jobs = match show.open() {
        Some(open) => along(conn, open, "section, position", offset, limit)?,
        None => Vec::new(),
    };
    let left = limit - u32::try_from(jobs.len()).unwrap_or(limit);
    if let Some(ended) = show.ended().filter(|_| left > 0) {
        let before = match show.open() {
            // The open ones end within this window.
            Some(_) if !jobs.is_empty() => offset,
            Some(open) if offset > 0 => conn
                .prepare_cached(&format!("SELECT count(*) FROM job WHERE {open}"))?
                .query_row([], |row| row.get(0))?,
            _ => 0,
        };
        jobs.extend(along(conn, ended, "finished_at DESC, position", offset.saturating_sub(before), left)?);
    }
    Ok(jobs)
}

/// A window of one batch, in the same order but for its ended ones, which stay as they were added.
pub(crate) fn of_batch(conn: &Connection, batch: &BatchId, offset: u32, limit: u32) -> Result<Vec<Job>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM job WHERE batch = ?1 ORDER BY section, position LIMIT ?2 OFFSET ?3"
    ))?;
    let rows = statement.query_map(params![batch.0, limit, offset], read)?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

fn along(conn: &Connection, which: &str, order: &str, offset: u32, limit: u32) -> Result<Vec<Job>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM job WHERE {which} ORDER BY {order} LIMIT ?1 OFFSET ?2"
    ))?;
    let rows = statement.query_map(params![limit, offset], read)?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Jobs in the order in which they were added, by pages: for programs.
pub(crate) fn page(conn: &Connection, after: i64, limit: u32) -> Result<Vec<Job>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM job WHERE position > ?1 ORDER BY position LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![after, limit], read)?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

pub(crate) fn sums(conn: &Connection) -> Result<Sums> {
    let mut statement = conn.prepare_cached(
        "SELECT section, state, EXISTS (SELECT 1 FROM hold WHERE hold.job = job.id AND hold.hold = 'user') AS paused,
                count(*), sum(size), sum(confirmed) FROM job GROUP BY section, state, paused",
    )?;
    let mut rows = statement.query([])?;
    let mut sums = Sums::default();
    while let Some(row) = rows.next()? {
        let (section, state, paused): (u8, String, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (count, size, confirmed): (u32, u64, u64) = (row.get(3)?, row.get(4)?, row.get(5)?);
        sums.all += count;
        match (section, paused) {
            (0, _) => sums.attention += count,
            (1, _) => sums.active += count,
            (2, true) => {
                sums.paused += count;
                sums.paused_left += size.saturating_sub(confirmed);
            }
            (2, false) => sums.waiting += count,
            _ if state == "verified" => sums.verified += count,
            _ => {}
        }
        if section == 1 || (section == 2 && !paused) {
            sums.open_size += size;
            sums.open_confirmed += confirmed;
        }
    }
    Ok(sums)
}

#[cfg(test)]
mod tests;
