//! The order of the queue, and a batch that is still being taken in.

use super::*;
use crate::journal::{batches, migrations};

fn journal() -> Connection {
    let mut conn = Connection::open_in_memory().unwrap();
    migrations::migrate(&mut conn, std::path::Path::new("nowhere"), 0).unwrap();
    conn.execute_batch(
        "INSERT INTO destination(id, name, kind, settings, fields, key_source, standing, created_at) VALUES ('d','n','k','{}','{}','{}','unknown',0);
         INSERT INTO batch(id, destination, left_out, created_at) VALUES ('b','d','[]',0);",
    )
    .unwrap();
    conn
}

fn add(conn: &Connection, position: i64, state: &str, hold: Option<&str>) {
    conn.execute(
        "INSERT INTO job(id, batch, destination, position, path, name, size, modified_ns, folders, mime, fields, state, created_at)
           VALUES (?1,'b','d',?2,x'2f61','a',1,0,'','m','{}',?3,0)",
        params![position.to_string(), position, state],
    )
    .unwrap();
    if let Some(hold) = hold {
        conn.execute(
            "INSERT INTO hold(job, hold, since) VALUES (?1, ?2, 0)",
            params![position.to_string(), hold],
        )
        .unwrap();
    }
}

/// A finishing file needs only one answer; its session may expire while it waits behind files that take
/// days.
#[test]
fn what_only_needs_its_last_answer_goes_first_and_what_has_a_hold_does_not_go() {
    let conn = journal();
    add(&conn, 1, "waiting", None);
    add(&conn, 2, "waiting", Some("user"));
    add(&conn, 3, "finishing", Some("offline"));
    add(&conn, 4, "finishing", None);
    add(&conn, 5, "waiting", None);
    add(&conn, 6, "verified", None);
    let next = |limit, except: &[&str]| {
        let except: Vec<_> = except.iter().map(|id| JobId((*id).into())).collect();
        runnable(&conn, limit, &except).unwrap().into_iter().map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!(next(9, &[]), ["4", "1", "5"]);
    assert_eq!(next(1, &[]), ["4"]);
    // Running jobs do not count towards the limit.
    assert_eq!(next(1, &["4"]), ["1"]);
    assert_eq!(next(2, &["4", "1"]), ["5"]);
}

#[test]
fn a_batch_whose_files_are_still_coming_in_neither_starts_nor_counts_down_nor_ends() {
    let (conn, b) = (journal(), BatchId("b".into()));
    batches::set_expected(&conn, &b, Some(3)).unwrap();
    add(&conn, 1, "waiting", None);
    add(&conn, 2, "waiting", Some("countdown"));
    let state = |conn: &Connection| {
        let next = runnable(conn, 9, &[]).unwrap().len();
        (next, batches::counting_down(conn).unwrap().len())
    };
    assert_eq!(state(&conn), (0, 0));
    batches::set_expected(&conn, &b, None).unwrap();
    assert_eq!(state(&conn), (1, 1));

    batches::set_expected(&conn, &b, Some(3)).unwrap();
    conn.execute_batch("UPDATE job SET state = 'cancelled'; DELETE FROM hold").unwrap();
    assert_eq!(batches::finish_if_through(&conn, 5, &b).unwrap(), None);
    batches::set_expected(&conn, &b, None).unwrap();
    assert_eq!(batches::finish_if_through(&conn, 5, &b).unwrap().map(|count| count.cancelled), Some(2));

    // The process ended during intake.
    batches::set_expected(&conn, &b, Some(3)).unwrap();
    conn.execute_batch(
        "INSERT INTO watched(id, path, destination, fields, watching, begun, created_at) VALUES ('w',x'2f','d','{}',1,1,0);
         INSERT INTO watched_file(watched, path, size, modified_ns, job) VALUES ('w',x'61',1,0,'1');",
    )
    .unwrap();
    batches::remove_half_taken_in(&conn).unwrap();
    let left: u32 = conn
        .query_row(
            "SELECT (SELECT count(*) FROM job) + (SELECT count(*) FROM batch) + (SELECT count(*) FROM watched_file)",
            [],
            |r| r.get(0),
        )
        .unwrap();
    assert_eq!(left, 0);
}
