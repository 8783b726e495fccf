//! No statement that runs per file, part, tick or timer reads a whole table, or costs more with a full
//! journal.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use partway_api::{Command, Event, FieldsDraft, Filter, FinishedState, Look, RawPath, Request};
use partway_app::{App, Events};
use partway_engine::paths;
use partway_engine::statements::{self, Seen, Statements};
use rusqlite::Connection;

use crate::rig::{PATIENCE, Rig, add, one, tell};

/// Number of files of each kind in the journal.
const FILES: u32 = 15_000;

/// Most SQLite instructions for one run of a statement: a scan over one of the kinds takes several times as
/// many.
const MOST: u64 = 25_000;

/// Fills the journal of a running app with files that ended, need attention, or are on a hold that is not
/// lifted during the test; each kind in one batch, or each file in its own. The files do not exist, so none
/// may start.
fn fill(data: &Path) {
    let mut conn = Connection::open(data.join("journal.db")).unwrap();
    conn.busy_timeout(Duration::from_secs(30)).unwrap();
    let conn = conn.transaction().unwrap();
    let kinds = [
        ("verified", "verified", None, "'0'"),
        ("cancelled", "cancelled", None, "n"),
        ("names", "needs-attention", None, "n"),
        ("paused", "waiting", Some("user"), "n"),
        ("away", "waiting", Some("source-missing"), "'0'"),
        ("key", "waiting", Some("credentials"), "'0'"),
        ("later", "waiting", Some("schedule"), "'0'"),
    ];
    for (name, state, hold, batch) in kinds {
        conn.execute_batch(&format!(
            "CREATE TEMP TABLE n AS WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {FILES} - 1) SELECT n FROM n;
             INSERT OR IGNORE INTO batch(id, destination, left_out, created_at, finished_at)
               SELECT '{name}-' || {batch}, destination.id, '[]', 0, iif('{state}' = 'waiting', NULL, 1) FROM n, destination;
             INSERT INTO job(id, batch, destination, position, path, name, size, modified_ns, folders, mime, fields, created_at, state, finished_at, cause, part_size, part_count, parts_confirmed, confirmed)
               SELECT '{name}-' || n, '{name}-' || {batch}, destination.id, (SELECT coalesce(max(position), 0) FROM job) + n, CAST('/gone/{name}/' || n AS BLOB),
                 'a', 5, 0, '', 'm', '{{}}', 0, '{state}', iif('{state}' IN ('verified', 'cancelled'), 1, NULL),
                 iif('{state}' = 'needs-attention', '{{\"cause\":\"name-taken\",\"name\":\"a\"}}', NULL), 5, 1, 0, 0 FROM n, destination;
             INSERT INTO session(job, destination, body, expires_s, opened_at, status)
               SELECT id, destination, '', 99999999999, 0, iif(state = 'waiting', 'open', 'ended') FROM job WHERE batch LIKE '{name}-%';
             DROP TABLE n;"
        ))
        .unwrap();
        if let Some(hold) = hold {
            conn.execute(
                "INSERT INTO hold(job, hold, since) SELECT id, ?2, 0 FROM job WHERE batch LIKE ?1 || '-%'",
                [name, hold],
            )
            .unwrap();
        }
    }
    // The watched folder's ledger.
    conn.execute_batch(
        "INSERT INTO watched_file(watched, path, size, modified_ns, file_device, file_number, born_ns, job, verified_at)
           SELECT watched.id, job.path, 5, 7, 1, job.position, 3, job.id, 1 FROM job, watched WHERE state = 'verified';",
    )
    .unwrap();
    conn.commit().unwrap();
}

/// Statements for user actions on many files, which take time in proportion, and statements of the start.
const GESTURES: [(&str, &str); 2] = [
    ("SELECT id FROM job WHERE substr(id, 1, length(?1)) = ?1", "a file that is named by a part of its id"),
    // Every two seconds, and only while files are missing: checks the drive of each.
    ("SELECT job.position, job.id, job.path, job.file_device FROM hold", "files that wait for their drive"),
];

fn is_gesture(seen: &Seen) -> bool {
    GESTURES.iter().any(|(begins, _)| seen.sql.trim_start().starts_with(begins))
}

/// What is wrong with the statements seen.
fn wrong(statements: &Statements, data: &Path) -> Vec<String> {
    let conn = Connection::open(data.join("journal.db")).unwrap();
    let mut wrong = Vec::new();
    for seen in statements.seen().iter().filter(|seen| !is_gesture(seen)) {
        if seen.most > MOST {
            wrong.push(format!("{} instructions in one run: {}", seen.most, seen.sql));
        }
        let is_control = ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA"];
        if is_control.iter().any(|word| seen.sql.starts_with(word)) {
            continue;
        }
        let plan = statements::plan(&conn, &seen.sql).unwrap();
        wrong.extend(statements::faults(&plan).into_iter().map(|fault| format!("{fault}: {}", seen.sql)));
    }
    wrong
}

async fn watch_folder(app: &App, path: &Path) {
    let path = RawPath::from_bytes(&paths::to_bytes(path));
    let fields = FieldsDraft::default();
    app.ask(Request::AddWatched { path, destination: None, done: None, fields, existing: true })
        .await
        .unwrap();
}

/// How files ended, from events: reading the whole list at each look would be too slow.
struct Ends {
    events: Events,
    known: HashMap<String, FinishedState>,
}

impl Ends {
    fn of(app: &App) -> Self {
        Self { events: app.follow(), known: HashMap::new() }
    }

    async fn wait_for(&mut self, id: &str) -> FinishedState {
        let told = async {
            loop {
                if let Some(state) = self.known.get(id) {
                    return *state;
                }
                if let Event::Finished { id: Some(id), state, .. } =
                    self.events.next().await.unwrap().unwrap()
                {
                    self.known.insert(id, state);
                }
            }
        };
        tokio::time::timeout(PATIENCE, told).await.expect("it does not end")
    }
}

/// Everything that happens to files, to parts, and on timers.
async fn everything(rig: &Rig, app: &App, folder: &Path) {
    let look = |filter, offset| Look { limit: 50, filter, offset, ..Look::default() };
    let mut watch = app.watch(look(Filter::All, 0));
    let _telling = app.tell(|| false);
    let mut ended = Ends::of(app);
    for filter in [
        Filter::All,
        Filter::Uploading,
        Filter::Waiting,
        Filter::Paused,
        Filter::NeedsAttention,
        Filter::Verified,
    ] {
        watch.look(look(filter, 0));
        tokio::time::timeout(PATIENCE, watch.next()).await.unwrap().unwrap();
    }
    watch.look(Look { batch: Some("away-0".into()), ..look(Filter::All, 0) });
    tokio::time::timeout(PATIENCE, watch.next()).await.unwrap().unwrap();
    // A file of several parts, a batch with a countdown, and files that are paused, resumed, cancelled and
    // removed.
    let (_, jobs, _) = add(app, &[rig.file("parts", 5_000)], None, false).await.unwrap();
    watch.look(Look { selected: Some(jobs[0].id.clone()), ..look(Filter::All, 0) });
    ended.wait_for(&jobs[0].id).await;
    let (batch, jobs, _) = add(app, &[rig.file("x", 10), rig.file("y", 10)], None, true).await.unwrap();
    let batch = batch.unwrap();
    tell(app, Command::Pause { jobs: one(&jobs[0].id) }).await.unwrap();
    tell(app, Command::StartNow { batch }).await.unwrap();
    ended.wait_for(&jobs[1].id).await;
    tell(app, Command::Resume { jobs: one(&jobs[0].id) }).await.unwrap();
    ended.wait_for(&jobs[0].id).await;
    let (_, jobs, _) = add(app, &[rig.file("z", 10)], None, true).await.unwrap();
    tell(app, Command::Cancel { jobs: one(&jobs[0].id) }).await.unwrap();
    assert_eq!(ended.wait_for(&jobs[0].id).await, FinishedState::Cancelled);
    tell(app, Command::Remove { jobs: one(&jobs[0].id) }).await.unwrap();
    // A file whose name is taken stands for all that need attention.
    tell(app, Command::Retry { jobs: one("names-7") }).await.unwrap();
    // Files put into the watched folder.
    for number in 0..3 {
        std::fs::write(folder.join(format!("new {number}.mov")), "new").unwrap();
    }
    let taken = async {
        loop {
            let rows = statements::of(&rig.data()).seen();
            if rows.iter().any(|seen| seen.sql.starts_with("INSERT INTO watched_file")) {
                return;
            }
            let _ = tokio::time::timeout(Duration::from_millis(200), watch.next()).await;
        }
    };
    tokio::time::timeout(PATIENCE, taken).await.expect("nothing was taken in");
}

#[tokio::test]
async fn no_statement_reads_a_whole_table_or_costs_more_with_a_full_journal() {
    // So many log lines would push out what other tests look for in the log they share.
    let _quiet = tracing::subscriber::set_default(tracing::subscriber::NoSubscriber::default());
    let rig = Rig::new().await;
    let statements = statements::of(&rig.data());
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let folder = rig.folder.path().join("watched");
    std::fs::create_dir(&folder).unwrap();
    watch_folder(&app, &folder).await;
    fill(&rig.data());
    statements.forget();
    everything(&rig, &app, &folder).await;
    // The check every two seconds, and what comes after a delay.
    let looked = async {
        while !statements.seen().iter().any(|seen| seen.sql.contains("INDEXED BY hold_kind")) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looked).await.expect("files that are away are not looked for");
    let wrong = wrong(&statements, &rig.data());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(statements.seen().len() > 60, "{} statements were seen", statements.seen().len());
    app.close(Duration::ZERO).await;
}

/// Counts the cost of sending in statements and SQLite instructions, never in time.
#[tokio::test]
async fn a_file_costs_the_same_however_many_go_with_it_and_went_before() {
    // So many log lines would push out what other tests look for in the log they share.
    let _quiet = tracing::subscriber::set_default(tracing::subscriber::NoSubscriber::default());
    let rig = Rig::new().await;
    let statements = statements::of(&rig.data());
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let mut costs = Vec::new();
    for (round, files) in [100_u64, 100, 400].into_iter().enumerate() {
        let folder = rig.folder.path().join(format!("round {round}"));
        std::fs::create_dir(&folder).unwrap();
        for number in 0..files {
            std::fs::write(folder.join(format!("{number}.mov")), "some bytes").unwrap();
        }
        statements.forget();
        let mut ended = Ends::of(&app);
        let (_, jobs, _) = add(&app, &[folder], None, false).await.unwrap();
        for job in &jobs {
            assert_eq!(ended.wait_for(&job.id).await, FinishedState::Verified);
        }
        let (runs, steps) = sending(&statements);
        costs.push((runs / files, steps / files));
    }
    let [_, (few_runs, few), (runs, steps)] = costs[..] else { panic!("three rounds") };
    assert!(runs <= few_runs + few_runs / 5, "{few_runs} statements a file of 100, {runs} a file of 400");
    assert!(steps <= few + few / 5, "{few} instructions a file of 100, {steps} a file of 400");
    app.close(Duration::ZERO).await;
}

/// Leaves out what timers and this test itself ask.
fn sending(statements: &Statements) -> (u64, u64) {
    let asked = ["INDEXED BY batch_due", "INDEXED BY job_away", "WHERE id = ?1", "SELECT value FROM setting"];
    let all = statements.seen();
    let counted = all
        .iter()
        .filter(|seen| !asked.iter().any(|by| seen.sql.contains(by)) || seen.sql.starts_with("UPDATE"));
    counted.fold((0, 0), |(runs, steps), seen| (runs + seen.runs, steps + seen.steps))
}
