//! The list, read by windows: what it costs does not grow with what is not looked at.

use rusqlite::{Connection, params};

use super::Result;
use super::jobs::{COLUMNS, read};
use crate::record::Job;

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
    const fn condition(self) -> &'static str {
        match self {
            Self::All => "1",
            Self::Active => "section = 1",
            Self::Waiting => {
                "state = 'waiting' AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.job = job.id AND hold.hold = 'user')"
            }
            Self::Paused => {
                "state = 'waiting' AND EXISTS (SELECT 1 FROM hold WHERE hold.job = job.id AND hold.hold = 'user')"
            }
            Self::Attention => "state = 'needs-attention'",
            Self::Verified => "state = 'verified'",
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
pub(crate) fn window(conn: &Connection, show: Show, offset: u32, limit: u32) -> Result<Vec<Job>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM job WHERE {} ORDER BY section, CASE section WHEN 3 THEN -finished_at ELSE position END, position
         LIMIT ?1 OFFSET ?2",
        show.condition()
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
