//! The cost of a step in SQLite instructions is the same with a hundred files in the journal and with tens
//! of thousands.

use std::path::Path as FilePath;

use partway_core::{Event, FileIdentity, FileTime, Hold, PartNumber, PartReceipt};

use super::*;
use crate::journal::{batches, jobs, list, migrations, names, needs, sessions, watched};
use crate::record::{BatchId, DestinationId, JobId, WatchedId};
use crate::watched::{Known, Seen as File};

fn journal() -> (Connection, Statements) {
    let mut conn = Connection::open_in_memory().unwrap();
    migrations::migrate(&mut conn, FilePath::new("nowhere"), 0).unwrap();
    conn.execute_batch(
        "PRAGMA foreign_keys = ON;
         INSERT INTO destination(id, name, kind, settings, fields, key_source, standing, created_at) VALUES ('d','n','k','{}','{}','{}','unknown',0);
         INSERT INTO watched(id, path, destination, fields, watching, begun, created_at) VALUES ('w',x'2f77','d','{}',1,1,0);",
    )
    .unwrap();
    conn.set_prepared_statement_cache_capacity(256);
    let statements = Statements::default();
    statements.follow(&mut conn).unwrap();
    (conn, statements)
}

/// Adds `files` jobs of one state after the last one, in one batch or each in a separate one.
fn fill(conn: &Connection, name: &str, files: u32, state: &str, own_batches: bool) {
    let batch = if own_batches { "n" } else { "0" };
    let end = if matches!(state, "verified" | "cancelled" | "uploaded") { "7" } else { "NULL" };
    conn.execute_batch(&format!(
        "INSERT OR IGNORE INTO batch(id, destination, left_out, created_at)
           WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {files} - 1) SELECT '{name}-' || {batch}, 'd', '[]', 0 FROM n;
         INSERT INTO job(id, batch, destination, position, path, name, size, modified_ns, folders, mime, fields, created_at, state, finished_at, cause, takes)
           WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {files} - 1),
             last(position) AS (SELECT coalesce(max(position), 0) FROM job)
           SELECT '{name}-' || n, '{name}-' || {batch}, 'd', last.position + 1 + n, CAST('/gone/{name}/' || n AS BLOB), 'a', 5, 0, '', 'm', '{{}}', 0,
             '{state}', {end}, iif('{state}' = 'needs-attention', '{{\"cause\":\"name-taken\"}}', NULL), 'same name' FROM n, last;"
    ))
    .unwrap();
}

fn hold(conn: &Connection, name: &str, hold: &str) {
    conn.execute(
        "INSERT INTO hold(job, hold, since) SELECT id, ?2, 0 FROM job WHERE id LIKE ?1 || '-%'",
        [name, hold],
    )
    .unwrap();
}

const DESTINATION: &str = "d";

/// SQLite's instructions for `what`.
fn steps<T>(statements: &Statements, what: impl FnOnce() -> T) -> (u64, T) {
    let before = statements.cost().1;
    let done = what();
    (statements.cost().1 - before, done)
}

/// Everything that a run, a tick or a periodic look queries, on a journal with `files` files of every kind.
fn costs(files: u32) -> Vec<(&'static str, u64)> {
    let (conn, statements) = journal();
    fill(&conn, "verified", files, "verified", false);
    fill(&conn, "ended", files, "cancelled", true);
    fill(&conn, "attention", files, "needs-attention", true);
    fill(&conn, "paused", files, "waiting", true);
    hold(&conn, "paused", "user");
    fill(&conn, "away", files, "waiting", false);
    hold(&conn, "away", "source-missing");
    fill(&conn, "key", files, "waiting", false);
    hold(&conn, "key", "credentials");
    fill(&conn, "ready", files, "waiting", false);
    fill(&conn, "coming", files, "waiting", false);
    batches::set_expected(&conn, &BatchId("coming-0".into()), Some(1)).unwrap();
    // Open jobs get different names: only equal names conflict.
    conn.execute_batch("UPDATE job SET takes = 'own ' || id WHERE finished_at IS NULL").unwrap();
    conn.execute_batch(
        "INSERT INTO session(job, destination, body, expires_s, opened_at, status) SELECT id, 'd', '', 100000, 0, 'ended' FROM job WHERE state = 'verified';
         INSERT INTO session(job, destination, body, expires_s, opened_at, status) SELECT id, 'd', '', 100000, 0, 'open' FROM job WHERE state = 'waiting';
         INSERT INTO watched_file(watched, path, size, modified_ns, file_device, file_number, born_ns, job, verified_at)
           SELECT 'w', path, 5, 7, 1, position, 3, id, iif(state = 'verified', 1, NULL) FROM job WHERE id LIKE 'verified-%';
         UPDATE watched_file SET moved_at = 1;",
    )
    .unwrap();
    let (d, w) = (DestinationId(DESTINATION.into()), WatchedId("w".into()));
    let job = |name: &str| jobs::require(&conn, &JobId(name.into())).unwrap();
    let identity =
        |number| FileIdentity { size: 5, modified: FileTime(7), changed: None, file_id: Some((1, number)) };
    let seen = |number| File { identity: identity(number), born_ns: Some(3) };
    let mut costs = Vec::new();
    let mut cost = |what: &'static str, act: &mut dyn FnMut()| {
        costs.push((what, steps(&statements, act).0));
    };
    // The scheduler and the life of a job.
    cost("the next jobs", &mut || assert_eq!(jobs::runnable(&conn, 3, &[]).unwrap().len(), 3));
    conn.execute_batch(
        "UPDATE job SET state = 'uploading' WHERE state = 'waiting' AND holds = 0 AND id LIKE 'ready-%'",
    )
    .unwrap();
    cost("none behind what comes in", &mut || assert_eq!(jobs::runnable(&conn, 3, &[]).unwrap().len(), 0));
    cost("a position", &mut || assert!(jobs::next_position(&conn).unwrap() > 0));
    cost("a step", &mut || {
        drop(jobs::apply(&conn, 1, &job("ready-3").id, &Event::Held(Hold::Offline)).unwrap());
    });
    cost("the step back", &mut || {
        drop(jobs::apply(&conn, 1, &job("ready-3").id, &Event::Released(Hold::Offline)).unwrap());
    });
    cost("a batch's end", &mut || {
        let _ = batches::finish_if_through(&conn, 1, &BatchId("verified-0".into())).unwrap();
    });
    cost("a batch's count", &mut || {
        assert_eq!(batches::count(&conn, &BatchId("away-0".into())).unwrap().files, files);
    });
    cost("an end", &mut || {
        let id = JobId("ready-4".into());
        conn.execute("UPDATE job SET state = 'finishing' WHERE id = ?1", [&id.0]).unwrap();
        jobs::apply(&conn, 1, &id, &Event::Settled { verified: true }).unwrap().unwrap();
    });
    use partway_provider::IfExists::{Overwrite, Rename, Skip};
    for how in [Overwrite, Rename, Skip] {
        cost("a name", &mut || {
            let mut job = job("ready-5");
            job.fields.if_exists = Some(how);
            let reserved = names::reserve(&conn, &job, 0, |_| Some("same name".into())).unwrap();
            assert_eq!(reserved, names::Reserved::Beside(0));
        });
    }
    cost("what is left to abort", &mut || assert!(sessions::leftovers(&conn, 0, 100).unwrap().is_empty()));
    cost("what is left behind", &mut || {
        assert!(sessions::left_behind(&conn, &JobId("verified-1".into()), 5).unwrap().is_empty());
    });
    cost("the newest session", &mut || {
        assert!(sessions::newest(&conn, &JobId("verified-1".into())).unwrap().is_some());
    });
    cost("out of the list", &mut || jobs::remove(&conn, &JobId("ended-5".into())).unwrap());
    // Watched folders.
    cost("a file by its name", &mut || {
        // In the journal's encoding: each system makes a different path of those bytes.
        let path = crate::paths::from_bytes(b"/gone/verified/1".to_vec());
        let known = watched::known(&conn, &w, &path, &seen(2)).unwrap();
        assert_eq!(known, Known::Settled);
    });
    cost("a file by its number", &mut || {
        let known = watched::known(&conn, &w, FilePath::new("/other"), &seen(50)).unwrap();
        assert!(matches!(known, Known::Renamed { .. }), "{known:?}");
    });
    cost("a new file", &mut || {
        assert_eq!(watched::known(&conn, &w, FilePath::new("/new"), &seen(1 << 40)).unwrap(), Known::New);
        watched::note(&conn, &w, FilePath::new("/new"), &seen(1 << 40), None).unwrap();
    });
    cost("what is to be moved", &mut || {
        assert!(watched::to_move(&conn, &w, FilePath::new(""), 200).unwrap().is_empty());
    });
    // A tick and the periodic looks.
    cost("sums", &mut || assert!(list::sums(&conn).unwrap().all > files));
    for show in [
        list::Show::All,
        list::Show::Active,
        list::Show::Waiting,
        list::Show::Paused,
        list::Show::Attention,
        list::Show::Verified,
    ] {
        cost("a window", &mut || assert_eq!(list::window(&conn, show, 0, 20).unwrap().len(), 20));
    }
    cost("a window of a batch", &mut || {
        assert_eq!(list::of_batch(&conn, &BatchId("away-0".into()), 0, 20).unwrap().len(), 20);
    });
    cost("a page", &mut || assert_eq!(list::page(&conn, 60, 20).unwrap().len(), 20));
    cost("what counts down", &mut || assert!(batches::counting_down(&conn).unwrap().is_empty()));
    cost("what is due", &mut || assert!(batches::due(&conn, 99).unwrap().is_empty()));
    cost("who waits for a key", &mut || {
        assert_eq!(jobs::count_held(&conn, Hold::Credentials, &d).unwrap(), files);
    });
    cost("sessions that end", &mut || assert!(needs::ending(&conn, 5, 3600).unwrap().is_empty()));
    costs
}

#[test]
fn no_step_and_no_tick_costs_more_however_many_files_are_in_the_journal() {
    let (few, many) = (costs(300), costs(12_000));
    for ((what, few), (_, many)) in few.into_iter().zip(many) {
        // The depth of a tree does not show in instructions; a scan of 12,000 does.
        assert!(
            many <= few + few / 5 + 60,
            "{what}: {few} instructions with 300 files of each kind, {many} with 12,000"
        );
    }
}

#[test]
fn a_part_costs_the_same_in_a_file_of_ten_thousand() {
    let (conn, statements) = journal();
    fill(&conn, "j", 1, "uploading", false);
    conn.execute_batch("INSERT INTO session(id, job, destination, body, opened_at, status) VALUES (1, 'j-0', 'd', '', 0, 'open')").unwrap();
    let receipt = |part| PartReceipt {
        number: PartNumber::new(part).unwrap(),
        size: 1,
        md5: [0; 16],
        etag: None,
        compared: true,
        checksum: None,
    };
    let confirm = |part| sessions::confirm(&conn, 1, &JobId("j-0".into()), 1, &receipt(part)).unwrap();
    confirm(1);
    let first = steps(&statements, || confirm(2)).0;
    for part in 3..10_000 {
        confirm(part);
    }
    let last = steps(&statements, || confirm(10_000)).0;
    assert!(last <= first + first / 5, "{first} instructions for the second, {last} for the last");
    let window = steps(&statements, || sessions::missing(&conn, 1, 9_990, 10_000, 64).unwrap()).0;
    assert!(window < 1_000, "{window} instructions for the last window");
}

/// In chunks, as `lay_there` does it.
#[test]
fn noting_four_times_as_many_files_of_a_folder_takes_four_times_as_much() {
    let note = |files: u64| {
        let (conn, statements) = journal();
        let w = WatchedId("w".into());
        let note = || {
            for number in 0..files {
                let identity = FileIdentity {
                    size: 5,
                    modified: FileTime(7),
                    changed: None,
                    file_id: Some((1, number)),
                };
                let (file, seen) =
                    (PathBuf::from(format!("{number}.mov")), File { identity, born_ns: Some(3) });
                assert_eq!(watched::known(&conn, &w, &file, &seen).unwrap(), Known::New);
                watched::note(&conn, &w, &file, &seen, None).unwrap();
            }
        };
        steps(&statements, note).0
    };
    let (ten, forty) = (note(10_000), note(40_000));
    assert!(forty <= 4 * ten + ten / 10, "{ten} instructions for 10,000, {forty} for 40,000");
}

#[test]
fn a_plan_that_reads_a_whole_table_or_sorts_what_grows_is_a_fault() {
    let (conn, _) = journal();
    let faults_of = |sql: &str| faults(&plan(&conn, sql).unwrap()).len();
    assert_eq!(faults_of("SELECT * FROM job WHERE id = ?1"), 0);
    assert_eq!(faults_of("SELECT * FROM job"), 1);
    assert_eq!(faults_of("SELECT count(*) FROM job"), 1, "along an index is no less");
    assert_eq!(faults_of("SELECT id FROM job WHERE batch = ?1 ORDER BY name"), 1);
    assert_eq!(faults_of("SELECT * FROM destination ORDER BY created_at"), 0);
    assert_eq!(faults_of("DELETE FROM session WHERE status = 'ended'"), 1);
    conn.execute_batch(
        "CREATE TRIGGER t AFTER INSERT ON setting BEGIN DELETE FROM event WHERE what = NEW.name; END",
    )
    .unwrap();
    assert_eq!(faults_of("INSERT INTO setting VALUES (?1, ?2)"), 1, "what a trigger does is seen");
}
