//! A late receipt counts only for its own session.

use partway_core::{Limits, PartPlan};

use super::*;
use crate::journal::{jobs, migrations};

fn journal() -> (Connection, JobId) {
    let mut conn = Connection::open_in_memory().unwrap();
    migrations::migrate(&mut conn, std::path::Path::new("nowhere"), 0).unwrap();
    conn.execute_batch(
        "INSERT INTO destination(id, name, kind, settings, fields, key_source, standing, created_at) VALUES ('d','n','k','{}','{}','{}','unknown',0);
         INSERT INTO batch(id, destination, left_out, created_at) VALUES ('b','d','[]',0);
         INSERT INTO job(id, batch, destination, position, path, name, size, modified_ns, folders, mime, fields, state, created_at)
           VALUES ('j','b','d',1,x'2f61','a',3000,0,'','m','{}','uploading',0);",
    )
    .unwrap();
    (conn, JobId("j".into()))
}

fn started(session: &str) -> Started {
    let plan = PartPlan::by_server(3000, 1000, 3, &Limits::UNKNOWN).unwrap();
    let target = |part| PartTarget {
        number: part,
        url: SignedUrl::new(format!("http://h/{session}/{part}")),
        headers: Vec::new(),
        expires_at: None,
    };
    let targets = (1..=3).filter_map(PartNumber::new).map(target).collect();
    Started { session: Session { body: session.into(), expires_at: None }, plan, targets, clock_ahead: None }
}

fn receipt(part: u32) -> PartReceipt {
    PartReceipt {
        number: PartNumber::new(part).unwrap(),
        size: 1000,
        md5: [0; 16],
        etag: None,
        compared: true,
        checksum: None,
    }
}

fn numbers(parts: &[(PartNumber, Option<PartTarget>)]) -> Vec<u32> {
    parts.iter().map(|(number, _)| number.get()).collect()
}

#[test]
fn parts_without_a_receipt_come_in_order_by_windows_with_or_without_a_link() {
    let (conn, id) = journal();
    let mut begun = started("s");
    begun.plan = PartPlan::by_server(3000, 10, 300, &Limits::UNKNOWN).unwrap();
    let session = open(&conn, 0, &jobs::require(&conn, &id).unwrap(), &begun).unwrap();
    confirm(&conn, 0, &id, session, &receipt(2)).unwrap();
    let window = missing(&conn, session, 1, 300, 4).unwrap();
    let seen: Vec<_> = window.iter().map(|(number, target)| (number.get(), target.is_some())).collect();
    assert_eq!(seen, [(1, true), (3, true), (4, false), (5, false)]);
    assert_eq!(numbers(&missing(&conn, session, 298, 300, 64).unwrap()), [298, 299, 300]);
    assert_eq!(missing(&conn, session, 301, 300, 64).unwrap(), []);

    forget_missing_targets(&conn, session).unwrap();
    let links: u32 = conn.query_row("SELECT count(*) FROM target", [], |row| row.get(0)).unwrap();
    assert_eq!(links, 1, "the link of a part that went is kept until the session ends");
}

#[test]
fn a_part_is_counted_once_however_often_it_is_confirmed() {
    let (conn, id) = journal();
    let session = open(&conn, 0, &jobs::require(&conn, &id).unwrap(), &started("s")).unwrap();
    assert_eq!(confirm(&conn, 0, &id, session, &receipt(2)).unwrap(), 1000);
    assert_eq!(confirm(&conn, 0, &id, session, &receipt(2)).unwrap(), 1000);
    let job = jobs::require(&conn, &id).unwrap();
    assert_eq!((job.confirmed, job.parts_confirmed), (1000, 1));
    assert_eq!(numbers(&missing(&conn, session, 1, 3, 10).unwrap()), [1, 3]);
}

#[test]
fn a_receipt_of_a_session_that_was_given_up_is_not_counted_for_the_next_one() {
    let (conn, id) = journal();
    let first = open(&conn, 0, &jobs::require(&conn, &id).unwrap(), &started("first")).unwrap();
    give_up(&conn, &id).unwrap();
    let second = open(&conn, 0, &jobs::require(&conn, &id).unwrap(), &started("second")).unwrap();
    assert_eq!(confirm(&conn, 0, &id, first, &receipt(1)).unwrap(), 0);
    assert_eq!(confirm(&conn, 0, &id, second, &receipt(1)).unwrap(), 1000);
    assert_eq!(receipts(&conn, second).unwrap().len(), 1);
    assert_eq!(leftovers(&conn, 0, 9).unwrap().len(), 1);
}

#[test]
fn what_no_longer_matches_is_taken_out_of_the_count() {
    let (conn, id) = journal();
    let session = open(&conn, 0, &jobs::require(&conn, &id).unwrap(), &started("s")).unwrap();
    for part in 1..=3 {
        confirm(&conn, 0, &id, session, &receipt(part)).unwrap();
    }
    unconfirm(&conn, &id, session, &[PartNumber::new(2).unwrap()]).unwrap();
    let job = jobs::require(&conn, &id).unwrap();
    assert_eq!((job.confirmed, job.parts_confirmed), (2000, 2));
    assert_eq!(numbers(&missing(&conn, session, 1, 3, 10).unwrap()), [2]);
}
