//! The list, read by pages: the cost does not depend on what is not shown.

use partway_core::Hold;
use rusqlite::{Connection, params};

use super::Result;
use super::jobs::{COLUMNS, read};
use super::select::bit;
use crate::record::{BatchId, Job};

/// A list's filter.
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

/// One half of a list: the index to use and the condition.
type Half = (&'static str, &'static str);

impl Show {
    /// The condition for open jobs. The index is named because SQLite does not know which one has only the
    /// wanted rows.
    const fn open(self) -> Option<Half> {
        match self {
            Self::All => Some(("job_list", "section < 3")),
            Self::Active => Some(("job_list", "section = 1")),
            Self::Waiting => Some(("job_unpaused", "section = 2 AND (holds & 1) = 0")),
            Self::Paused => Some(("job_paused", "section = 2 AND (holds & 1) = 1")),
            Self::Attention => Some(("job_list", "section = 0")),
            Self::Verified => None,
        }
    }

    /// The condition for ended jobs.
    const fn ended(self) -> Option<Half> {
        match self {
            Self::All => Some(("job_ended", "section = 3")),
            Self::Verified => Some(("job_verified", "state = 'verified'")),
            Self::Active | Self::Waiting | Self::Paused | Self::Attention => None,
        }
    }
}

/// Number of jobs in each list, and the footer's sums.
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
    /// Bytes of active and waiting jobs.
    pub open_size: u64,
    /// Bytes of those that are confirmed.
    pub open_confirmed: u64,
    /// Bytes that paused jobs still have to send.
    pub paused_left: u64,
}

/// A page of the list, in display order; ended jobs newest first.
///
/// Each half uses a separate index. A single order for both would have to be sorted again for every page,
/// looking at every job.
pub(crate) fn window(conn: &Connection, show: Show, offset: u32, limit: u32) -> Result<Vec<Job>> {
    let mut jobs = match show.open() {
        Some(open) => along(conn, open, "section, position", offset, limit)?,
        None => Vec::new(),
    };
    let left = limit - u32::try_from(jobs.len()).unwrap_or(limit);
    if let Some(ended) = show.ended().filter(|_| left > 0) {
        let before = match show.open() {
            // The open ones end within this page.
            Some(_) if !jobs.is_empty() => offset,
            // Only the full list has both halves.
            Some(_) if offset > 0 => conn
                .prepare_cached("SELECT coalesce(sum(files), 0) FROM tally WHERE state NOT IN ('uploaded', 'verified', 'cancelled')")?
                .query_row([], |row| row.get(0))?,
            _ => 0,
        };
        jobs.extend(along(conn, ended, "finished_at DESC, position", offset.saturating_sub(before), left)?);
    }
    Ok(jobs)
}

/// A page of one batch, in the same order except that ended jobs stay in the order they were added.
pub(crate) fn of_batch(conn: &Connection, batch: &BatchId, offset: u32, limit: u32) -> Result<Vec<Job>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM job INDEXED BY job_batch_list WHERE batch = ?1 ORDER BY section, position LIMIT ?2 OFFSET ?3"
    ))?;
    let rows = statement.query_map(params![batch.0, limit, offset], read)?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

fn along(conn: &Connection, (index, which): Half, order: &str, offset: u32, limit: u32) -> Result<Vec<Job>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM job INDEXED BY {index} WHERE {which} ORDER BY {order} LIMIT ?1 OFFSET ?2"
    ))?;
    let rows = statement.query_map(params![limit, offset], read)?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Pages of jobs in the order they were added: for scripts.
pub(crate) fn page(conn: &Connection, after: i64, limit: u32) -> Result<Vec<Job>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM job INDEXED BY job_position WHERE position > ?1 ORDER BY position LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![after, limit], read)?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

/// Sums over the counts that the schema's triggers maintain: one row per destination, state and set of
/// holds.
pub(crate) fn sums(conn: &Connection) -> Result<Sums> {
    let mut statement = conn.prepare_cached("SELECT state, holds, files, size, confirmed FROM tally")?;
    let mut rows = statement.query([])?;
    let mut sums = Sums::default();
    while let Some(row) = rows.next()? {
        let (state, holds): (String, i64) = (row.get(0)?, row.get(1)?);
        let (files, size, confirmed): (u32, u64, u64) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let paused = holds & bit(Hold::User) != 0;
        sums.all += files;
        match state.as_str() {
            "verified" => sums.verified += files,
            "waiting" if paused => {
                sums.paused += files;
                sums.paused_left += size.saturating_sub(confirmed);
            }
            "waiting" => sums.waiting += files,
            "checking" | "uploading" | "finishing" | "cancelling" => sums.active += files,
            "needs-attention" => sums.attention += files,
            _ => {}
        }
        let goes = matches!(state.as_str(), "checking" | "uploading" | "finishing" | "cancelling");
        if goes || (state == "waiting" && !paused) {
            sums.open_size += size;
            sums.open_confirmed += confirmed;
        }
    }
    Ok(sums)
}

#[cfg(test)]
mod tests;
