//! Unresponsive drives and transient faults.

use std::sync::atomic::AtomicU32;
use std::sync::mpsc;

use super::*;

fn drive() -> Arc<Drive> {
    Arc::new(Drive::new(Arc::default(), Before::default(), || SourceError::Silent))
}

fn path(name: &str) -> Arc<Path> {
    Path::new(name).into()
}

/// Starts calls that do not return until the sender is dropped.
fn hang(drive: &Arc<Drive>, count: usize) -> (mpsc::SyncSender<()>, Vec<tokio::task::JoinHandle<bool>>) {
    let (open, opened) = mpsc::sync_channel(0);
    let opened = Arc::new(Mutex::new(opened));
    let asks = (0..count).map(|number| {
        let (drive, opened) = (Arc::clone(drive), Arc::clone(&opened));
        tokio::spawn(async move {
            let work = move || opened.lock().is_ok_and(|opened| opened.recv().is_err());
            drive.ask(&path(&format!("hangs {number}")), work).await.is_ok()
        })
    });
    let asks = asks.collect();
    (open, asks)
}

#[tokio::test(start_paused = true)]
async fn what_hangs_on_one_drive_keeps_so_many_threads_and_no_other_drive_waiting() {
    let (silent, good) = (drive(), drive());
    let (open, asks) = hang(&silent, 100);
    tokio::task::yield_now().await;
    assert_eq!(silent.asked().out.len(), AT_ONCE);
    assert!(!silent.is_silent(), "not yet");
    assert_eq!(good.ask(&path("good"), || 7).await.unwrap(), 7);
    tokio::time::advance(SILENT).await;
    assert!(silent.is_silent() && !good.is_silent());
    for asked in asks {
        assert!(!asked.await.unwrap(), "each is told that there is no answer");
    }
    assert_eq!(silent.asked().out.len(), AT_ONCE, "nobody waits, and the threads are still out");
    drop(open);
    while !silent.asked().out.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(silent.ask(&path("again"), || 8).await.unwrap(), 8);
    assert!(!silent.is_silent());
}

#[tokio::test(start_paused = true)]
async fn one_file_that_hangs_makes_no_silent_drive_of_the_one_it_lies_on() {
    let drive = drive();
    let (open, asks) = hang(&drive, 1);
    tokio::task::yield_now().await;
    tokio::time::advance(SILENT).await;
    assert_eq!(drive.ask(&path("good"), || 7).await.unwrap(), 7);
    assert!(!drive.is_silent());
    assert!(drive.hangs_at(Path::new("hangs 0")) && !drive.hangs_at(Path::new("good")));
    drop(open);
    for asked in asks {
        let _ = asked.await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_passes_is_asked_again_and_one_that_never_does_is_not() {
    let drive = drive();
    let asked = async |kind: io::ErrorKind, times: u32| {
        let path = path("a");
        let count = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&count);
        let answer = drive.ask_again(&path, || {
            let counted = Arc::clone(&counted);
            move || match counted.fetch_add(1, Ordering::Relaxed) < times {
                true => Err(io::Error::from(kind).into()),
                false => Ok(()),
            }
        });
        (answer.await.is_ok(), count.load(Ordering::Relaxed))
    };
    assert_eq!(asked(io::ErrorKind::TimedOut, 3).await, (true, 4));
    assert_eq!(asked(io::ErrorKind::TimedOut, 9).await, (false, 4));
    assert_eq!(asked(io::ErrorKind::PermissionDenied, 1).await, (false, 1));
}

#[cfg(target_os = "linux")]
#[test]
fn what_passes_and_what_lies_far_away_is_told_by_kind() {
    let error = io::Error::from_raw_os_error;
    // Transient: EINTR, EIO, ENXIO, EAGAIN, ENOMEM, EBUSY, ENFILE, EMFILE, EPROTO.
    for number in [4, 5, 6, 11, 12, 16, 23, 24, 71] {
        assert!(passes(&error(number)) && !is_far(&error(number)), "{number}");
    }
    // ENOLINK, ENETDOWN, ENETUNREACH, ECONNABORTED, ECONNRESET, ENOTCONN, ESHUTDOWN, ETIMEDOUT, EHOSTDOWN,
    // EHOSTUNREACH, ESTALE, EREMOTEIO
    for number in [67, 100, 101, 103, 104, 107, 108, 110, 112, 113, 116, 121] {
        assert!(passes(&error(number)) && is_far(&error(number)), "{number}");
    }
    // EPERM, ENOENT, EBADF, EACCES, ENOTDIR, EISDIR, EINVAL, EFBIG, ENAMETOOLONG, ENOSYS, ELOOP
    for number in [1, 2, 9, 13, 20, 21, 22, 27, 36, 38, 40] {
        assert!(!passes(&error(number)), "{number}");
    }
    assert!(!passes(&io::ErrorKind::UnexpectedEof.into()));
}

/// Work that reports progress on demand, and sends whether its caller still waits.
fn walk(drive: &Arc<Drive>) -> (mpsc::SyncSender<bool>, mpsc::Receiver<bool>, tokio::task::JoinHandle<bool>) {
    let (step, steps) = mpsc::sync_channel::<bool>(0);
    let (said, heard) = mpsc::channel();
    let drive = Arc::clone(drive);
    let walk = tokio::spawn(async move {
        let work = move |pulse: &Pulse| {
            while let Ok(with_the_drive) = steps.recv() {
                if !with_the_drive {
                    let _ = pulse.elsewhere(|| said.send(true).map(|()| steps.recv()));
                }
                said.send(pulse.beat()).unwrap();
            }
        };
        drive.ask_long(&path("walk"), work).await.is_ok()
    });
    (step, heard, walk)
}

#[tokio::test(start_paused = true)]
async fn what_takes_its_time_makes_no_silent_drive_as_long_as_it_goes_on() {
    let drive = drive();
    let (step, heard, walk) = walk(&drive);
    tokio::task::yield_now().await;
    for _ in 0..5 {
        tokio::time::advance(SILENT - Duration::from_millis(1)).await;
        step.send(true).unwrap();
        assert!(heard.recv().unwrap() && !drive.is_silent());
    }
    // Waiting for something other than the drive may take any time.
    step.send(false).unwrap();
    heard.recv().unwrap();
    tokio::time::advance(100 * SILENT).await;
    assert!(!drive.is_silent() && !walk.is_finished());
    step.send(true).unwrap();
    assert!(heard.recv().unwrap());
    tokio::time::advance(SILENT).await;
    assert!(!walk.await.unwrap() && drive.is_silent() && drive.hangs_at(Path::new("walk")));
    step.send(true).unwrap();
    assert!(!heard.recv().unwrap(), "nobody waits for it any more");
}

#[tokio::test(start_paused = true)]
async fn what_takes_its_time_keeps_no_read_waiting() {
    let drive = drive();
    let walks: Vec<_> = (0..2 * AT_ONCE).map(|_| walk(&drive)).collect();
    tokio::task::yield_now().await;
    assert_eq!(drive.asked().out.len(), LONG_AT_ONCE);
    assert_eq!(drive.ask(&path("read"), || 7).await.unwrap(), 7);
    for (step, _, walk) in walks {
        drop(step);
        assert!(walk.await.unwrap());
    }
}
