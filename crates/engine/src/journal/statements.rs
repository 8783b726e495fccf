//! What the journal asks of SQLite, counted: only for tests (feature `statements`), which hold each statement to a bound and to its plan.
//!
//! Nothing is listed by hand. Whatever a journal really runs on its two connections is seen here, so no new statement can be forgotten.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::trace::{StmtRef, TraceEvent, TraceEventCodes};
use rusqlite::{Connection, StatementStatus};

/// One statement, and what it came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Its text.
    pub sql: String,
    /// How often it ran.
    pub runs: u64,
    /// Instructions of SQLite's machine in all runs, those of triggers among them.
    pub steps: u64,
    /// The most of them in one run.
    pub most: u64,
    /// Rows passed in a walk over a whole table or index.
    pub walked: u64,
    /// How often something was sorted.
    pub sorted: u64,
}

/// The statements of one journal.
#[derive(Debug, Clone, Default)]
pub struct Statements(Arc<Mutex<BTreeMap<String, Seen>>>);

static WATCHED: LazyLock<Mutex<HashMap<PathBuf, Statements>>> = LazyLock::new(Mutex::default);

/// Counts what journals ask that are opened on that data folder from now on.
#[must_use]
pub fn of(data_dir: &Path) -> Statements {
    lock(&WATCHED).entry(data_dir.to_owned()).or_default().clone()
}

/// A connection of a journal was opened.
pub(super) fn opened(conn: &mut Connection, data_dir: &Path) -> rusqlite::Result<()> {
    let statements = lock(&WATCHED).get(data_dir).cloned();
    statements.map_or(Ok(()), |statements| statements.follow(conn))
}

impl Statements {
    /// Counts what is asked on that connection.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn follow(&self, conn: &mut Connection) -> rusqlite::Result<()> {
        let all = self.clone();
        // SQLite counts for as long as a statement is prepared.
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

    /// What was asked since it was last forgotten.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.0).values().cloned().collect()
    }

    /// Begins to count anew.
    pub fn forget(&self) {
        lock(&self.0).clear();
    }

    /// How often something was asked, and SQLite's instructions for it.
    #[must_use]
    pub fn cost(&self) -> (u64, u64) {
        lock(&self.0).values().fold((0, 0), |(runs, steps), seen| (runs + seen.runs, steps + seen.steps))
    }
}

fn counted(statement: &StmtRef<'_>) -> [u64; 3] {
    use StatementStatus::{FullscanStep, Sort, VmStep};
    [VmStep, FullscanStep, Sort].map(|what| u64::try_from(statement.get_status(what)).unwrap_or(0))
}

/// How SQLite goes about a statement, a line for each table, those of its triggers among them.
///
/// # Errors
/// Of SQLite.
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

/// Tables that persons fill: a few rows, however many files go.
const SMALL: [&str; 3] = ["destination", "watched", "tally"];

/// Indexes that hold only rows of one kind, and are walked from their beginning to a limit: what there is something to be done about, and
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

/// The lines of a plan that read a whole table, or sort what grows.
#[must_use]
pub fn faults(plan: &[String]) -> Vec<String> {
    let sorts_little = !plan.iter().any(|line| {
        let table = line.split(' ').nth(1).unwrap_or_default();
        // By the whole of its key: one row of it for each of the others.
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
