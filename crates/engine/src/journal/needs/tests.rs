//! What needs attention comes in groups, and an expiring session is reported in time, and only if something
//! would be lost.

use super::*;
use crate::journal::migrations;

fn journal() -> Connection {
    let mut conn = Connection::open_in_memory().unwrap();
    migrations::migrate(&mut conn, std::path::Path::new("nowhere"), 0).unwrap();
    conn.execute_batch(
        "INSERT INTO destination(id, name, kind, settings, fields, key_source, standing, created_at) VALUES ('d','n','k','{}','{}','{}','unknown',0);
         INSERT INTO batch(id, destination, left_out, created_at) VALUES ('b1','d','[]',0), ('b2','d','[]',0);",
    )
    .unwrap();
    conn
}

fn put(conn: &Connection, id: &str, batch: &str, state: &str, cause: Option<&str>) {
    conn.execute(
        "INSERT INTO job(id, batch, destination, position, path, name, size, modified_ns, folders, mime, fields, state, cause, confirmed, created_at)
         VALUES (?1, ?2, 'd', 1, ?5, ?1, 3000, 0, '', 'm', '{}', ?3, ?4, 1000, 0)",
        params![id, batch, state, cause, paths::to_bytes(&PathBuf::from(format!("/media/ada/T7/{id}")))],
    )
    .unwrap();
}

fn session(conn: &Connection, job: &str, opened_s: u64, expires_s: u64) {
    conn.execute(
        "INSERT INTO session(job, destination, body, expires_s, opened_at, status) VALUES (?1, 'd', '', ?2, ?3, 'open')",
        params![job, expires_s, opened_s * 1000],
    )
    .unwrap();
}

#[test]
fn files_that_need_a_person_come_by_batch_and_cause() {
    let conn = journal();
    let quota = Some(r#"{"cause":"quota-refused"}"#);
    for (id, batch, state, cause) in [
        ("1", "b1", "needs-attention", quota),
        ("2", "b1", "needs-attention", quota),
        ("3", "b1", "needs-attention", Some(r#"{"cause":"too-large","limit":5}"#)),
        ("4", "b2", "needs-attention", quota),
        ("5", "b2", "verified", None),
        ("6", "b2", "waiting", None),
    ] {
        put(&conn, id, batch, state, cause);
    }
    let found: Vec<_> = attention(&conn)
        .unwrap()
        .into_iter()
        .map(|found| (found.batch.0, found.cause, found.files))
        .collect();
    let group = |batch: &str, cause: &str, files| (batch.to_owned(), cause.to_owned(), files);
    assert_eq!(
        found,
        [group("b2", "quota-refused", 1), group("b1", "quota-refused", 2), group("b1", "too-large", 1)]
    );
}

#[test]
fn a_session_is_told_of_an_hour_ahead_or_by_the_half_of_a_short_life() {
    let conn = journal();
    for (id, state) in
        [("day", "waiting"), ("short", "waiting"), ("through", "verified"), ("paused", "waiting")]
    {
        put(&conn, id, "b1", state, None);
    }
    put(&conn, "nothing sent", "b1", "waiting", None);
    conn.execute("UPDATE job SET confirmed = 0 WHERE id = 'nothing sent'", []).unwrap();
    session(&conn, "day", 0, 86_400);
    session(&conn, "short", 80_000, 83_000);
    session(&conn, "through", 0, 82_000);
    session(&conn, "nothing sent", 0, 82_000);
    session(&conn, "paused", 0, 200_000);
    let at = |now| -> Vec<String> {
        ending(&conn, now, 3_600).unwrap().into_iter().map(|found| found.name).collect()
    };
    assert_eq!(at(81_000), [""; 0]);
    assert_eq!(at(81_500), ["short"], "half of its 3,000 seconds are over");
    assert_eq!(at(82_799), ["short"]);
    assert_eq!(at(82_800), ["short", "day"]);
    assert_eq!(at(83_000), ["day"], "one that has ended is no news");
}

#[test]
fn files_that_are_away_are_named_while_they_wait() {
    let conn = journal();
    put(&conn, "a.mov", "b1", "waiting", None);
    put(&conn, "b.mov", "b1", "cancelled", None);
    put(&conn, "c.mov", "b1", "waiting", None);
    conn.execute_batch(
        "INSERT INTO hold(job, hold, since) VALUES ('a.mov','source-missing',0), ('b.mov','source-missing',0), ('c.mov','user',0)",
    )
    .unwrap();
    assert_eq!(away(&conn).unwrap(), [PathBuf::from("/media/ada/T7/a.mov")]);
}

#[test]
fn a_window_of_a_batch_shows_what_needs_somebody_first_and_nothing_of_others() {
    let conn = journal();
    for (id, batch, state) in [
        ("done", "b1", "verified"),
        ("wait", "b1", "waiting"),
        ("need", "b1", "needs-attention"),
        ("other", "b2", "needs-attention"),
    ] {
        put(&conn, id, batch, state, Some(r#"{"cause":"source-missing"}"#));
    }
    let names = |offset, limit| -> Vec<String> {
        let jobs = crate::journal::list::of_batch(&conn, &BatchId("b1".into()), offset, limit).unwrap();
        jobs.into_iter().map(|job| job.name).collect()
    };
    assert_eq!(names(0, 10), ["need", "wait", "done"]);
    assert_eq!(names(1, 1), ["wait"]);
}
