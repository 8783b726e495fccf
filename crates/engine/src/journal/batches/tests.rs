//! The triggers' counts match a recount, whatever happens to jobs and holds.

use partway_core::{Cause, Event, Hold, State};
use proptest::prelude::*;

use super::*;
use crate::journal::{jobs, migrations};
use crate::record::JobId;

fn journal() -> Connection {
    let mut conn = Connection::open_in_memory().unwrap();
    migrations::migrate(&mut conn, std::path::Path::new("nowhere"), 0).unwrap();
    conn.execute_batch(
        "PRAGMA foreign_keys = ON;
         INSERT INTO destination(id, name, kind, settings, fields, key_source, standing, created_at)
           VALUES ('d1','n1','k','{}','{}','{}','unknown',0), ('d2','n2','k','{}','{}','{}','unknown',0);
         INSERT INTO batch(id, destination, left_out, created_at) VALUES ('b0','d1','[]',0), ('b1','d1','[]',0), ('b2','d2','[]',0);",
    )
    .unwrap();
    conn
}

/// Anything that can happen to a job.
#[derive(Debug, Clone)]
enum Step {
    Come { batch: usize, size: u64, countdown: bool },
    Happens(Event),
    Confirmed(u64),
    Sized(u64),
    Redirected,
    Gone,
    BatchGone,
}

fn any_event() -> impl Strategy<Value = Event> {
    let hold = proptest::sample::select(Hold::ALL.to_vec());
    let cause = prop_oneof![
        Just(Cause::SourceMissing),
        Just(Cause::NameTaken { name: "a".into() }),
        Just(Cause::NameShared { with: "a".into() }),
        Just(Cause::NeverConfirmed),
    ];
    prop_oneof![
        Just(Event::Permit),
        Just(Event::Ready),
        Just(Event::AllConfirmed),
        any::<bool>().prop_map(|verified| Event::Settled { verified }),
        Just(Event::PartsMissing),
        Just(Event::SessionGone),
        hold.clone().prop_map(Event::Held),
        hold.prop_map(Event::Released),
        cause.prop_map(Event::Refused),
        Just(Event::Retry),
        Just(Event::SendAgain),
        Just(Event::MarkedArrived),
        Just(Event::Cancel),
        Just(Event::Skip),
        Just(Event::Stopped),
        Just(Event::Restarted),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    // Sizes of which two already overflow a sum.
    let size = prop_oneof![0_u64..5000, Just(u64::try_from(i64::MAX).unwrap())];
    prop_oneof![
        2 => (0_usize..3, size.clone(), any::<bool>()).prop_map(|(batch, size, countdown)| Step::Come { batch, size, countdown }),
        12 => any_event().prop_map(Step::Happens),
        2 => size.clone().prop_map(Step::Confirmed),
        1 => size.prop_map(Step::Sized),
        1 => Just(Step::Redirected),
        1 => Just(Step::Gone),
        1 => Just(Step::BatchGone),
    ]
}

fn come(conn: &Connection, number: usize, batch: usize, size: u64, countdown: bool) {
    let there: bool = conn
        .query_row("SELECT EXISTS(SELECT 1 FROM batch WHERE id = ?1)", [format!("b{batch}")], |row| {
            row.get(0)
        })
        .unwrap();
    if !there {
        return;
    }
    conn.execute(
        "INSERT INTO job(id, batch, destination, position, path, name, size, modified_ns, folders, mime, fields, state, created_at)
           VALUES (?1, ?2, (SELECT destination FROM batch WHERE id = ?2), ?3, x'2f61', 'a', ?4, 0, '', 'm', '{}', 'waiting', 0)",
        params![number.to_string(), format!("b{batch}"), number, size],
    )
    .unwrap();
    if countdown {
        conn.execute("INSERT INTO hold(job, hold, since) VALUES (?1, 'countdown', 0)", [number.to_string()])
            .unwrap();
    }
}

fn rows(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).unwrap();
    let columns = statement.column_count();
    let row = |row: &Row<'_>| {
        let values: rusqlite::Result<Vec<rusqlite::types::Value>> =
            (0..columns).map(|at| row.get(at)).collect();
        Ok(format!("{:?}", values?))
    };
    statement.query_map([], row).unwrap().map(|row| row.unwrap()).collect()
}

/// Each maintained count with the query that recounts it.
const RECOUNTS: [(&str, &str); 4] = [
    (
        "SELECT id, holds FROM job WHERE holds <> 0 ORDER BY 1",
        "SELECT job, sum(CASE hold WHEN 'user' THEN 1 WHEN 'countdown' THEN 2 WHEN 'credentials' THEN 4 WHEN 'source-missing' THEN 8
           WHEN 'offline' THEN 16 WHEN 'throttled' THEN 32 WHEN 'schedule' THEN 64 WHEN 'drive-silent' THEN 128 WHEN 'unread' THEN 256
             ELSE 512 END) FROM hold GROUP BY job ORDER BY 1",
    ),
    (
        "SELECT * FROM tally WHERE files <> 0 ORDER BY 1, 2, 3",
        "SELECT destination, state, holds, count(*), sum(min(size, 1 << 50)), sum(min(confirmed, 1 << 50)) FROM job GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    ),
    (
        "SELECT * FROM batch_tally ORDER BY 1",
        "SELECT batch.id, count(job.id), coalesce(sum(min(size, 1 << 50)), 0), count(CASE state WHEN 'verified' THEN 1 END),
           count(CASE state WHEN 'uploaded' THEN 1 END), count(CASE state WHEN 'cancelled' THEN 1 END), count(CASE state WHEN 'needs-attention' THEN 1 END),
           count(CASE WHEN EXISTS (SELECT 1 FROM hold WHERE job = job.id AND hold.job = job.id AND hold = 'countdown') THEN 1 END),
           count(CASE WHEN state IN ('waiting', 'checking', 'uploading', 'finishing')
             AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.job = job.id AND hold = 'countdown') THEN 1 END)
         FROM batch LEFT JOIN job ON job.batch = batch.id GROUP BY batch.id ORDER BY 1",
    ),
    (
        "SELECT * FROM attention ORDER BY 1, 2",
        "SELECT batch, json_extract(cause, '$.cause'), count(*) FROM job WHERE state = 'needs-attention' GROUP BY 1, 2 ORDER BY 1, 2",
    ),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_is_counted_as_it_changes_is_what_counting_again_gives(
        steps in proptest::collection::vec((any_step(), any::<prop::sample::Index>()), 1..60)
    ) {
        let conn = journal();
        for (number, (step, which)) in steps.iter().enumerate() {
            let ids = jobs_there(&conn);
            let job = (!ids.is_empty()).then(|| which.get(&ids));
            match (step, job) {
                (Step::Come { batch, size, countdown }, _) => come(&conn, number, *batch, *size, *countdown),
                (Step::Happens(event), Some(job)) => drop(jobs::apply(&conn, 5, job, event).unwrap()),
                (Step::Confirmed(bytes), Some(job)) => {
                    conn.execute("UPDATE job SET confirmed = ?2 WHERE id = ?1", params![job.0, bytes]).unwrap();
                }
                (Step::Sized(bytes), Some(job)) => {
                    conn.execute("UPDATE job SET size = ?2 WHERE id = ?1", params![job.0, bytes]).unwrap();
                }
                (Step::Redirected, _) => {
                    redirect(&conn, &BatchId("b1".into()), &DestinationId("d2".into()), None).unwrap();
                    conn.execute("UPDATE job SET destination = 'd2' WHERE batch = 'b1'", []).unwrap();
                }
                (Step::Gone, Some(job)) => jobs::remove(&conn, job).unwrap(),
                (Step::BatchGone, _) => remove(&conn, &BatchId("b0".into())).unwrap(),
                (_, None) => {}
            }
            for (counted, again) in RECOUNTS {
                prop_assert_eq!(rows(&conn, counted), rows(&conn, again), "after {:?}", step);
            }
        }
    }
}

fn jobs_there(conn: &Connection) -> Vec<JobId> {
    let mut statement = conn.prepare("SELECT id FROM job ORDER BY position").unwrap();
    statement.query_map([], |row| Ok(JobId(row.get(0)?))).unwrap().map(|row| row.unwrap()).collect()
}

/// An older journal already has jobs in every state.
#[test]
fn a_journal_of_before_is_counted_when_it_is_brought_up_to_date() {
    let mut conn = Connection::open_in_memory().unwrap();
    migrations::migrate_to(&mut conn, 6).unwrap();
    conn.execute_batch(
        "INSERT INTO destination(id, name, kind, settings, fields, key_source, standing, created_at) VALUES ('d1','n1','k','{}','{}','{}','unknown',0);
         INSERT INTO batch(id, destination, left_out, created_at) VALUES ('b0','d1','[]',0), ('b1','d1','[]',0), ('b2','d1','[]',0);
         WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 89)
         INSERT INTO job(id, batch, destination, position, path, name, size, modified_ns, folders, mime, fields, confirmed, created_at, cause, state)
           SELECT n, 'b' || (n % 2), 'd1', n, x'2f61', 'a', n * 7, 0, '', 'm', '{}', n, 0, iif(n % 9 = 0, '{\"cause\":\"name-taken\"}', NULL),
             CASE n % 9 WHEN 0 THEN 'needs-attention' WHEN 1 THEN 'waiting' WHEN 2 THEN 'checking' WHEN 3 THEN 'uploading' WHEN 4 THEN 'finishing'
               WHEN 5 THEN 'uploaded' WHEN 6 THEN 'verified' WHEN 7 THEN 'cancelling' ELSE 'cancelled' END FROM n;
         INSERT INTO hold(job, hold, since) SELECT id, 'user', 0 FROM job WHERE position % 9 = 1;
         INSERT INTO hold(job, hold, since) SELECT id, 'countdown', 0 FROM job WHERE position % 18 = 1;",
    )
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    migrations::migrate(&mut conn, &folder.path().join("journal.db"), 0).unwrap();
    for (counted, again) in RECOUNTS {
        assert_eq!(rows(&conn, counted), rows(&conn, again));
    }
    assert_eq!(count(&conn, &BatchId("b0".into())).unwrap().files, 45);
    assert_eq!(count(&conn, &BatchId("b2".into())).unwrap(), BatchCount::default());
    let state: State = jobs::require(&conn, &JobId("0".into())).unwrap().state;
    assert!(matches!(state, State::NeedsAttention(_)));
}
