//! The most memory that a process had at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use super::LOOK;

/// Follows a process until it ends. The kernel keeps the peak, so that nothing between two looks is missed but the very last of them.
pub(crate) struct Peak {
    enough: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Peak {
    pub(crate) fn follow(pid: u32) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&enough);
        let thread = std::thread::spawn(move || {
            let mut peak = 0;
            while let Some(now) = high_water(pid) {
                peak = peak.max(now);
                if told.load(Ordering::Relaxed) {
                    break;
                }
                std::thread::sleep(LOOK);
            }
            peak
        });
        Self { enough, thread }
    }

    /// Bytes.
    pub(crate) fn end(self) -> u64 {
        self.enough.store(true, Ordering::Relaxed);
        let peak = self.thread.join().unwrap();
        assert!(peak > 0, "the process was never seen");
        peak
    }
}

/// `VmHWM`, proc(5): the peak of the resident set. `None` where the process has ended.
fn high_water(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}
