//! The list against a model: pages match filtering and sorting in memory, and sums add up.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use partway_core::{Cause, FileIdentity, FileTime, Hold, Holds, State};
use partway_provider::Fields;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::*;
use crate::journal::{batches, destinations, jobs, migrations};
use crate::record::{Batch, BatchId, Destination, DestinationId, JobId, Standing};

fn journal() -> Connection {
    let mut conn = Connection::open_in_memory().unwrap();
    migrations::migrate(&mut conn, std::path::Path::new("nowhere"), 0).unwrap();
    let destination = Destination {
        id: DestinationId("d".into()),
        name: "Acme".into(),
        kind: "k".into(),
        settings: "{}".into(),
        fields: Fields::default(),
        key_source: "{}".into(),
        standing: Standing::Unknown,
        keeps: Default::default(),
        removed: false,
    };
    destinations::add(&conn, 0, &destination).unwrap();
    let batch = Batch {
        id: BatchId("b".into()),
        destination: destination.id,
        folder: None,
        left_out: Vec::new(),
        created_at: 0,
        starts_at: None,
        finished_at: None,
    };
    batches::add(&conn, &batch).unwrap();
    conn
}

fn any_state() -> impl Strategy<Value = State> {
    prop_oneof![
        Just(State::Waiting),
        Just(State::Waiting),
        Just(State::Checking),
        Just(State::Uploading),
        Just(State::Finishing),
        Just(State::Uploaded),
        Just(State::Verified),
        Just(State::NeedsAttention(Cause::SourceMissing)),
        Just(State::Cancelling),
        Just(State::Cancelled),
    ]
}

prop_compose! {
    fn any_job()(
        state in any_state(),
        holds in proptest::collection::vec(proptest::sample::select(Hold::ALL.to_vec()), 0..3),
        size in 0_u64..1 << 50,
        share in 0_u64..=100,
        finished in 1_i64..20,
    ) -> Job {
        let holds: Holds = if state == State::Waiting { holds.into_iter().collect() } else { Holds::NONE };
        Job {
            id: JobId::new(),
            batch: BatchId("b".into()),
            destination: DestinationId("d".into()),
            position: 0,
            path: PathBuf::from("/a"),
            name: "a".into(),
            identity: FileIdentity {
                size,
                modified: FileTime(-5),
                changed: Some(FileTime(i64::MIN)),
                file_id: Some((u64::MAX, 7)),
            },
            folders: String::new(),
            mime: "m".into(),
            hash: None,
            fields: Fields::default(),
            finished_at: state.is_end().then_some(finished),
            state,
            holds,
            detail: None,
            plan: None,
            confirmed: size / 100 * share,
            parts_confirmed: 0,
            sessions_ended: 0,
            skipped: false,
            receipt: None,
            checksum: None,
            created_at: 0,
            started_at: None,
        }
    }
}

/// Writes a job as it is, bypassing the state machine.
fn put(conn: &Connection, job: &Job) {
    jobs::add(conn, job).unwrap();
    let cause = if let State::NeedsAttention(cause) = &job.state {
        Some(serde_json::to_string(cause).unwrap())
    } else {
        None
    };
    conn.execute(
        "UPDATE job SET confirmed = ?2, finished_at = ?3, cause = ?4 WHERE id = ?1",
        params![job.id.0, job.confirmed, job.finished_at, cause],
    )
    .unwrap();
}

fn section(job: &Job) -> u8 {
    match job.state {
        State::NeedsAttention(_) => 0,
        State::Checking | State::Uploading | State::Finishing | State::Cancelling => 1,
        State::Waiting => 2,
        State::Uploaded | State::Verified | State::Cancelled => 3,
    }
}

fn is_shown(job: &Job, show: Show) -> bool {
    let paused = job.holds.contains(Hold::User);
    match show {
        Show::All => true,
        Show::Active => section(job) == 1,
        Show::Waiting => section(job) == 2 && !paused,
        Show::Paused => section(job) == 2 && paused,
        Show::Attention => section(job) == 0,
        Show::Verified => job.state == State::Verified,
    }
}

const SHOWS: [Show; 6] =
    [Show::All, Show::Active, Show::Waiting, Show::Paused, Show::Attention, Show::Verified];

fn count(model: &[Job], show: Show) -> u32 {
    u32::try_from(model.iter().filter(|job| is_shown(job, show)).count()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_window_is_what_filtering_and_sorting_gives(
        mut model in proptest::collection::vec(any_job(), 0..40),
        offset in 0_u32..45,
        limit in 0_u32..45,
    ) {
        let conn = journal();
        for (position, job) in (1..).zip(&mut model) {
            job.position = position;
            put(&conn, job);
        }
        for show in SHOWS {
            let mut wanted: Vec<_> = model.iter().filter(|job| is_shown(job, show)).cloned().collect();
            wanted.sort_by_key(|job| (section(job), -job.finished_at.unwrap_or(0), job.position));
            let wanted: Vec<_> = wanted.into_iter().skip(offset as usize).take(limit as usize).collect();
            prop_assert_eq!(window(&conn, show, offset, limit).unwrap(), wanted, "{:?}", show);
        }
    }

    #[test]
    fn sums_add_up(mut model in proptest::collection::vec(any_job(), 0..40)) {
        let conn = journal();
        for (position, job) in (1..).zip(&mut model) {
            job.position = position;
            put(&conn, job);
        }
        let open = |job: &&Job| matches!(section(job), 1 | 2) && !job.holds.contains(Hold::User);
        let paused = |job: &&Job| is_shown(job, Show::Paused);
        prop_assert_eq!(sums(&conn).unwrap(), Sums {
            all: count(&model, Show::All),
            active: count(&model, Show::Active),
            waiting: count(&model, Show::Waiting),
            paused: count(&model, Show::Paused),
            attention: count(&model, Show::Attention),
            verified: count(&model, Show::Verified),
            open_size: model.iter().filter(open).map(|job| job.identity.size).sum(),
            open_confirmed: model.iter().filter(open).map(|job| job.confirmed).sum(),
            paused_left: model.iter().filter(paused).map(|job| job.identity.size - job.confirmed).sum(),
        });
    }
}

#[test]
fn pages_go_through_all_in_the_order_of_the_queue() {
    let conn = journal();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for position in 1..=25 {
        let mut job = any_job().new_tree(&mut runner).unwrap().current();
        job.position = position;
        put(&conn, &job);
    }
    let (mut after, mut seen) = (i64::MIN, Vec::new());
    loop {
        let found = page(&conn, after, 10).unwrap();
        let Some(last) = found.last() else { break };
        after = last.position;
        seen.extend(found.iter().map(|job| job.position));
    }
    assert_eq!(seen, (1..=25).collect::<Vec<_>>());
}

/// SQLite's virtual machine steps for `work`.
fn steps<T>(conn: &mut Connection, work: impl FnOnce(&Connection) -> T) -> u32 {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    conn.progress_handler(1, Some(move || counted.fetch_add(1, Ordering::Relaxed) == u32::MAX)).unwrap();
    work(conn);
    conn.progress_handler(0, None::<fn() -> bool>).unwrap();
    count.load(Ordering::Relaxed)
}

/// Counted, not timed: a clock on a busy machine measures the other processes.
#[test]
fn what_a_window_costs_does_not_grow_with_what_it_does_not_show() {
    let cost = |jobs: i64, state: State, show: Show| {
        let mut conn = journal();
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let one = any_job().new_tree(&mut runner).unwrap().current();
        conn.execute_batch("BEGIN").unwrap();
        for position in 1..=jobs {
            let finished_at = state.is_end().then_some(position);
            let state = state.clone();
            put(
                &conn,
                &Job { id: JobId::new(), position, state, holds: Holds::NONE, finished_at, ..one.clone() },
            );
        }
        conn.execute_batch("COMMIT").unwrap();
        steps(&mut conn, |conn| assert_eq!(window(conn, show, 0, 50).unwrap().len(), 50))
    };
    for (state, show) in [
        (State::Waiting, Show::All),
        (State::Waiting, Show::Waiting),
        (State::Verified, Show::All),
        (State::Verified, Show::Verified),
        (State::NeedsAttention(Cause::SourceMissing), Show::Attention),
    ] {
        let (few, many) = (cost(100, state.clone(), show), cost(3_000, state.clone(), show));
        println!("{} in {show:?}: {few} steps of 100 jobs, {many} of 3,000", state.name());
        // Only the count of what precedes the ended ones may look at each job.
        assert!(many < few * 2, "{} in {show:?}: {few} steps of 100 jobs, {many} of 3,000", state.name());
    }
}
