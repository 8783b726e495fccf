//! Unresponsive drives, and temporarily unreadable files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use partway_core::{Cause, Hold, State};
use partway_engine::{Gate, Log, Which, WhyLeftOut};

use crate::rig::{PATIENCE, Rig, Under};
use crate::vendor::Asked;

/// A gate for files whose names start with a prefix, which lets nothing through while shut.
#[derive(Default)]
struct Barrier {
    shut: Mutex<bool>,
    opened: Condvar,
    came: AtomicU32,
    /// It opened by itself because it was left shut too long: something that should wait elsewhere blocked
    /// the test.
    overdue: AtomicBool,
}

impl Barrier {
    fn shut(&self, shut: bool) {
        *self.shut.lock().unwrap() = shut;
        self.opened.notify_all();
    }

    fn gate(self: &Arc<Self>, of: &'static str) -> Gate {
        let barrier = Arc::clone(self);
        Arc::new(move |path: &Path| {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(of)) {
                barrier.came.fetch_add(1, Ordering::SeqCst);
                let shut = barrier.shut.lock().unwrap();
                let (mut shut, waited) =
                    barrier.opened.wait_timeout_while(shut, 2 * PATIENCE, |shut| *shut).unwrap();
                if waited.timed_out() {
                    barrier.overdue.store(true, Ordering::SeqCst);
                    *shut = false;
                    barrier.opened.notify_all();
                }
            }
            Ok(())
        })
    }

    async fn has_let_wait(&self, count: u32) {
        let came = async {
            while self.came.load(Ordering::SeqCst) < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, came).await.expect("nobody comes to the barrier");
    }
}

/// Opens the barrier when a test ends, since the runtime waits for hanging threads. Also checks that the
/// test itself was never blocked.
struct Shut(Arc<Barrier>);

impl Drop for Shut {
    fn drop(&mut self) {
        self.0.shut(false);
        let overdue = self.0.overdue.load(Ordering::SeqCst);
        assert!(!overdue || std::thread::panicking(), "a drive that does not answer held up everything");
    }
}

/// Advances time in one step, for everything that waits in the engine.
async fn skip(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// Just longer than it takes a drive to count as silent.
const SILENT: Duration = Duration::from_millis(10_100);

fn named(rig: &Rig, name: &str, count: u32) -> Vec<PathBuf> {
    (0..count).map(|number| rig.file(&format!("{name} {number}"), 3_000)).collect()
}

/// Everything runs on a single thread here: a read that hung on it would end the test.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn more_silent_files_than_permits_and_threads_hold_up_no_other_drive_and_no_end() {
    let mut rig = Rig::new().await;
    let barrier = Arc::new(Barrier::default());
    rig.gate = Some(barrier.gate("silent"));
    let under = rig.open().await;
    let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
    let good = elsewhere.path().join("good");
    std::fs::write(&good, crate::rig::bytes(3_000)).unwrap();
    let _shut = Shut(Arc::clone(&barrier));
    barrier.shut(true);
    let (_, silent) = under.add(&named(&rig, "silent", 40), None).await;
    barrier.has_let_wait(8).await;
    let good = under.add_one(good).await;
    assert_eq!(under.engine.page(0, 100).await.unwrap().len(), 41, "the list answers");
    skip(SILENT).await;
    assert_eq!(under.ends(&good).await, State::Verified);
    for id in &silent {
        let held = under.until(id, |job| job.holds.contains(Hold::DriveSilent)).await;
        assert_eq!(held.state, State::Waiting);
    }
    assert!(under.log(&silent[0]).await.contains(&Log::DriveSilent));
    assert_eq!(barrier.came.load(Ordering::SeqCst), 8, "a silent drive keeps so many threads and no more");
    barrier.shut(false);
    for id in &silent {
        assert_eq!(under.ends(id).await, State::Verified, "it goes on by itself when the drive answers");
    }
}

#[tokio::test]
async fn an_engine_whose_files_hang_ends_within_the_grace() {
    let mut rig = Rig::new().await;
    let barrier = Arc::new(Barrier::default());
    rig.gate = Some(barrier.gate("silent"));
    let under = rig.open().await;
    let _shut = Shut(Arc::clone(&barrier));
    barrier.shut(true);
    let (_, silent) = under.add(&named(&rig, "silent", 12), None).await;
    barrier.has_let_wait(8).await;
    tokio::time::timeout(Duration::from_secs(10), under.engine.close(Duration::from_millis(100)))
        .await
        .unwrap();
    barrier.shut(false);
    let under = rig.open().await;
    for id in &silent {
        assert_eq!(under.ends(id).await, State::Verified);
    }
}

#[tokio::test]
async fn a_read_that_hangs_in_the_middle_keeps_what_is_confirmed_and_goes_on_when_the_drive_answers() {
    let mut rig = Rig::new().await;
    rig.bounds.parts_per_job = 1;
    let barrier = Arc::new(Barrier::default());
    rig.gate = Some(barrier.gate("silent"));
    let under = rig.open().await;
    let _shut = Shut(Arc::clone(&barrier));
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("silent", 5_000)).await;
    rig.vendor.storage.came_in(1).await;
    barrier.shut(true);
    let came = barrier.came.load(Ordering::SeqCst);
    rig.vendor.storage.open();
    barrier.has_let_wait(came + 1).await;
    skip(SILENT).await;
    let held = under.until(&id, |job| job.holds.contains(Hold::DriveSilent)).await;
    assert_eq!((held.state, held.parts_confirmed), (State::Waiting, 1));
    barrier.shut(false);
    assert_eq!(under.ends(&id).await, State::Verified);
    assert_eq!(rig.vendor.storage.puts().len(), 5, "nothing was sent twice");
}

#[tokio::test]
async fn a_job_that_waits_for_its_drive_can_be_paused_and_cancelled() {
    let mut rig = Rig::new().await;
    let barrier = Arc::new(Barrier::default());
    rig.gate = Some(barrier.gate("silent"));
    let under = rig.open().await;
    let _shut = Shut(Arc::clone(&barrier));
    barrier.shut(true);
    let id = under.add_one(rig.file("silent", 10)).await;
    barrier.has_let_wait(1).await;
    under.engine.pause(&Which::Open).await.unwrap();
    under.until(&id, |job| job.holds.contains(Hold::User)).await;
    under.engine.cancel(&Which::Open).await.unwrap();
    assert_eq!(under.ends(&id).await, State::Cancelled);
}

/// None of it is taken in, with a reason; what was named along with it is.
#[tokio::test]
async fn what_is_named_on_a_drive_that_does_not_answer_is_left_out_and_nothing_else_is() {
    let mut rig = Rig::new().await;
    let barrier = Arc::new(Barrier::default());
    rig.gate = Some(barrier.gate("silent"));
    let under = rig.open().await;
    let _shut = Shut(Arc::clone(&barrier));
    barrier.shut(true);
    let named = [rig.file("silent", 10), rig.file("good", 10)];
    let look = under.engine.look(named.to_vec());
    tokio::pin!(look);
    tokio::select! {
        _ = &mut look => panic!("it does not answer"),
        () = barrier.has_let_wait(1) => {}
    }
    skip(SILENT).await;
    let intake = look.await;
    let found: Vec<_> = intake.files.iter().map(|found| &found.path).collect();
    assert_eq!(found, [&named[1]]);
    let why: Vec<_> = intake.left_out.iter().map(|left| (&left.why, Path::new(&left.path))).collect();
    assert_eq!(why, [(&WhyLeftOut::DriveSilent, named[0].as_path())]);
}

/// The vendor has all of it: only whether the file is still what was sent is not known yet.
#[tokio::test]
async fn a_file_that_cannot_be_read_for_a_while_at_the_very_end_is_verified_when_it_can() {
    let mut rig = Rig::new().await;
    let (left, gate) = failing(0, timed_out);
    rig.gate = Some(gate);
    let under = rig.open().await;
    rig.vendor.storage.shut();
    let id = under.add_one(rig.file("a", 1_000)).await;
    rig.vendor.storage.came_in(1).await;
    rig.vendor.shut();
    rig.vendor.storage.open();
    rig.vendor.was_asked(1, |asked| matches!(asked, Asked::Complete(_))).await;
    left.store(u32::MAX, Ordering::SeqCst);
    rig.vendor.open();
    let held = under.until(&id, |job| job.holds.contains(Hold::Unread)).await;
    assert_eq!(held.state, State::Finishing);
    left.store(0, Ordering::SeqCst);
    assert_eq!(under.ends(&id).await, State::Verified);
}

/// Fails the first `times` accesses to a file with this error.
fn failing(times: u32, error: fn() -> io::Error) -> (Arc<AtomicU32>, Gate) {
    let left = Arc::new(AtomicU32::new(times));
    let counted = Arc::clone(&left);
    let gate = move |_: &Path| {
        let fails = counted.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if fails.is_ok() { Err(error()) } else { Ok(()) }
    };
    (left, Arc::new(gate))
}

fn timed_out() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

#[tokio::test]
async fn one_read_that_fails_is_read_again_and_nobody_is_told() {
    let mut rig = Rig::new().await;
    let (_, gate) = failing(1, || io::ErrorKind::WouldBlock.into());
    rig.gate = Some(gate);
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 3_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(!under.log(&id).await.iter().any(|line| matches!(line, Log::Unread { .. } | Log::Attention)));
    assert_eq!(rig.vendor.storage.puts().len(), 3);
}

#[tokio::test]
async fn a_share_that_is_out_of_reach_for_a_while_is_waited_for() {
    let mut rig = Rig::new().await;
    let (left, gate) = failing(u32::MAX, timed_out);
    rig.gate = Some(gate);
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 3_000)).await;
    let held = under.until(&id, |job| job.holds.contains(Hold::Unread)).await;
    assert_eq!(held.state, State::Waiting);
    let why = "its disk did not answer in time".to_owned();
    assert!(under.log(&id).await.contains(&Log::Unread { why, seconds: 1 }), "{:?}", under.log(&id).await);
    left.store(0, Ordering::SeqCst);
    assert_eq!(under.ends(&id).await, State::Verified);
}

/// The error for a file that another program has locked: `ERROR_SHARING_VIOLATION`, or the closest
/// equivalent of Linux and macOS.
fn in_use() -> io::Error {
    if cfg!(windows) { io::Error::from_raw_os_error(32) } else { io::ErrorKind::ResourceBusy.into() }
}

#[tokio::test]
async fn a_file_that_another_program_has_for_itself_for_ten_minutes_goes_on_by_itself() {
    let mut rig = Rig::new().await;
    let (left, gate) = failing(u32::MAX, in_use);
    rig.gate = Some(gate);
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 3_000)).await;
    let held = under.until(&id, |job| job.holds.contains(Hold::InUse)).await;
    assert_eq!((held.state, held.name.as_str()), (State::Waiting, "a"));
    let lines = under.log(&id).await;
    assert!(
        lines
            .iter()
            .any(|line| matches!(line, Log::Unread { why, .. } if why == "another program is using it")),
        "{lines:?}"
    );
    // At least ten minutes, and more looks than a disk with an unreadable sector gets.
    let (begun, mut passed) = (std::time::Instant::now(), Duration::ZERO);
    while passed < Duration::from_secs(600) || u32::MAX - left.load(Ordering::SeqCst) < 60 {
        assert!(begun.elapsed() < 4 * PATIENCE, "it is looked at no more: {:#?}", under.job(&id).await);
        skip(Duration::from_secs(5)).await;
        passed += Duration::from_secs(5);
        tokio::time::sleep(Duration::from_millis(10)).await;
        let job = under.job(&id).await;
        assert!(matches!(job.state, State::Waiting | State::Checking), "{job:#?}");
    }
    left.store(0, Ordering::SeqCst);
    assert_eq!(ends_in_time(&under, &id).await, State::Verified);
}

#[tokio::test]
async fn a_place_of_the_disk_that_never_can_be_read_needs_a_person_after_eight_rounds() {
    let rig = {
        let mut rig = Rig::new().await;
        let (_, gate) = failing(u32::MAX, || io::Error::other("its disk could not read or write it"));
        rig.gate = Some(gate);
        rig
    };
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 3_000)).await;
    let state = ends_in_time(&under, &id).await;
    let why = "its disk could not read or write it".to_owned();
    assert_eq!(state, State::NeedsAttention(Cause::SourceUnreadable { why }));
    let rounds = under.log(&id).await.iter().filter(|line| matches!(line, Log::Unread { .. })).count();
    assert_eq!(rounds, 8);
    assert_eq!(rig.vendor.storage.puts().len(), 0);
}

#[cfg(windows)]
#[tokio::test]
async fn a_file_that_is_really_open_elsewhere_is_taken_in_and_goes_when_it_is_closed() {
    use std::os::windows::fs::OpenOptionsExt as _;

    let rig = Rig::new().await;
    let under = rig.open().await;
    let file = rig.file("alone", 3_000);
    // So that no other handle may read, write or delete it.
    let held = std::fs::OpenOptions::new().read(true).write(true).share_mode(0).open(&file).unwrap();
    let id = under.add_one(file).await;
    under.until(&id, |job| job.holds.contains(Hold::InUse)).await;
    drop(held);
    assert_eq!(under.ends(&id).await, State::Verified);
}

/// Like `ends`, with accelerated time.
async fn ends_in_time(under: &Under, id: &partway_engine::JobId) -> State {
    let begun = std::time::Instant::now();
    while begun.elapsed() < 4 * PATIENCE {
        let job = under.job(id).await;
        if job.state.is_end() || matches!(job.state, State::NeedsAttention(_)) {
            return job.state;
        }
        skip(Duration::from_secs(1)).await;
        // For the drive's threads, which are unaffected by skipped time.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it goes on and on: {:#?}", under.job(id).await);
}

#[tokio::test]
async fn what_may_not_be_read_needs_a_person_at_once() {
    let mut rig = Rig::new().await;
    let (_, gate) = failing(u32::MAX, || io::ErrorKind::PermissionDenied.into());
    rig.gate = Some(gate);
    let under = rig.open().await;
    let id = under.add_one(rig.file("a", 10)).await;
    let why = "permission denied".to_owned();
    assert_eq!(under.ends(&id).await, State::NeedsAttention(Cause::SourceUnreadable { why }));
    let log = under.log(&id).await;
    assert!(!log.iter().any(|line| matches!(line, Log::Unread { .. })), "it was tried again: {log:?}");
}

#[tokio::test]
async fn a_file_that_is_fetched_for_long_says_so_and_holds_up_no_other_file_of_its_drive() {
    let mut rig = Rig::new().await;
    rig.elsewhere = Some(|path| path.ends_with("cloud"));
    let barrier = Arc::new(Barrier::default());
    rig.gate = Some(barrier.gate("cloud"));
    let under = rig.open().await;
    let _shut = Shut(Arc::clone(&barrier));
    barrier.shut(true);
    let cloud = under.add_one(rig.file("cloud", 3_000)).await;
    barrier.has_let_wait(1).await;
    skip(SILENT).await;
    let held = under.until(&cloud, |job| job.holds.contains(Hold::Fetching)).await;
    assert!(!held.holds.contains(Hold::DriveSilent) && held.state == State::Waiting);
    assert!(under.log(&cloud).await.contains(&Log::Fetching));
    let here = under.add_one(rig.file("here", 3_000)).await;
    assert_eq!(under.ends(&here).await, State::Verified, "its drive answers all the while");
    barrier.shut(false);
    assert_eq!(under.ends(&cloud).await, State::Verified, "it goes on by itself once it is here");
}
