//! Counts what the journal runs on SQLite. Only for tests (feature `statements`), which check each
//! statement against a bound and its query plan.
//!
//! Nothing is listed by hand: every statement that a journal runs on its two connections is seen, so no new
//! one can be missed.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::trace::{StmtRef, TraceEvent, TraceEventCodes};
use rusqlite::{Connection, StatementStatus};

/// One statement and its cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Its text.
    pub sql: String,
    /// How often it ran.
    pub runs: u64,
    /// SQLite virtual machine instructions in all runs, including triggers.
    pub steps: u64,
    /// The most instructions in one run.
    pub most: u64,
    /// Rows passed in full scans of a table or index.
    pub walked: u64,
    /// How often a sort ran.
    pub sorted: u64,
}

/// The statements of one journal.
#[derive(Debug, Clone, Default)]
pub struct Statements(Arc<Mutex<BTreeMap<String, Seen>>>);

static WATCHED: LazyLock<Mutex<HashMap<PathBuf, Statements>>> = LazyLock::new(Mutex::default);

/// Counts the statements of journals opened on that data folder from now on.
#[must_use]
pub fn of(data_dir: &Path) -> Statements {
    lock(&WATCHED).entry(data_dir.to_owned()).or_default().clone()
}

/// Called when a journal opens a connection.
pub(super) fn opened(conn: &mut Connection, data_dir: &Path) -> rusqlite::Result<()> {
    let statements = lock(&WATCHED).get(data_dir).cloned();
    statements.map_or(Ok(()), |statements| statements.follow(conn))
}

impl Statements {
    /// Counts the statements of that connection.
    ///
    /// # Errors
    /// SQLite's error.
    pub fn follow(&self, conn: &mut Connection) -> rusqlite::Result<()> {
        let all = self.clone();
        // SQLite's counters last as long as the prepared statement.
        let mut before: HashMap<String, [u64; 3]> = HashMap::new();
        let note = move |event: TraceEvent<'_>| {
            if let TraceEvent::Profile(statement, _) = event {
                let sql = statement.sql().into_owned();
                let now = counted(&statement);
                let then = before.insert(sql.clone(), now).filter(|then| then[0] <= now[0]);
                let then = then.unwrap_or_default();
                all.note(sql, [0, 1, 2].map(|at| now[at].saturating_sub(then[at])));
            }
        };
        conn.trace_v2(TraceEventCodes::SQLITE_TRACE_PROFILE, Some(note))
    }

    fn note(&self, sql: String, [steps, walked, sorted]: [u64; 3]) {
        let mut all = lock(&self.0);
        let seen = all.entry(sql.clone()).or_default();
        seen.sql = sql;
        seen.runs += 1;
        seen.steps += steps;
        seen.most = seen.most.max(steps);
        seen.walked += walked;
        seen.sorted += sorted;
    }

    /// What ran since the last [`forget`](Self::forget).
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.0).values().cloned().collect()
    }

    /// Resets the counts.
    pub fn forget(&self) {
        lock(&self.0).clear();
    }

    /// Total runs and SQLite instructions.
    #[must_use]
    pub fn cost(&self) -> (u64, u64) {
        lock(&self.0).values().fold((0, 0), |(runs, steps), seen| (runs + seen.runs, steps + seen.steps))
    }
}

fn counted(statement: &StmtRef<'_>) -> [u64; 3] {
    use StatementStatus::{FullscanStep, Sort, VmStep};
    [VmStep, FullscanStep, Sort].map(|what| u64::try_from(statement.get_status(what)).unwrap_or(0))
}

/// SQLite's query plan for a statement, one line per table, including its triggers.
///
/// # Errors
/// SQLite's error.
pub fn plan(conn: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP, true)?;
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let mut rows = statement.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.extend(row.get::<_, Option<String>>(3)?);
    }
    Ok(lines)
}

/// Tables filled by hand: a few rows, however many files are sent.
const SMALL: [&str; 3] = ["destination", "watched", "tally"];

/// Indexes that hold only rows of one kind and are walked from the start up to a limit: pending work, and
/// what a list shows.
const QUEUES: [&str; 10] = [
    "batch_coming_in",
    "batch_counting_down",
    "attention_newest",
    "attention_names",
    "session_to_abort",
    "job_unanswered",
    "job_paused",
    "job_unpaused",
    "job_verified",
    "job_away",
];

/// The lines of a plan that scan a whole table, or sort something that grows.
#[must_use]
pub fn faults(plan: &[String]) -> Vec<String> {
    let sorts_little = !plan.iter().any(|line| {
        let table = line.split(' ').nth(1).unwrap_or_default();
        // By its full key: one row for each of the others.
        let one_setting = table == "setting" && line.ends_with("(name=?)");
        (line.starts_with("SEARCH") && !one_setting) || (line.starts_with("SCAN") && !SMALL.contains(&table))
    });
    let is_fault = |line: &&String| {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["SCAN", "CONSTANT", ..] | ["SCAN", "number" | "json_each", ..] => false,
            ["SCAN", table, ..] => {
                !SMALL.contains(table) && !QUEUES.iter().any(|queue| words.contains(queue))
            }
            ["USE", "TEMP", "B-TREE", ..] => !sorts_little,
            _ => false,
        }
    };
    plan.iter().filter(is_fault).cloned().collect()
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
