//! File system events of a folder. They only make the next walk come sooner; walks are authoritative.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{ErrorKind, RecursiveMode, Watcher};
use tokio::sync::Notify;

/// Why a folder is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Polled {
    /// The system has no more watches.
    NoMoreWatches,
    /// It is on another computer, whose changes are not reported here.
    Network,
    /// The system cannot watch it for another reason.
    NotTold,
    /// The system has not said yet whether it can.
    Unknown,
}

/// Watches a folder until dropped.
pub(super) struct Events {
    _watcher: notify::RecommendedWatcher,
    lost: Arc<AtomicBool>,
}

impl Events {
    /// Notifies `changed` whenever something in the folder changes. Blocks: it registers every subfolder.
    pub(super) fn of(root: &Path, changed: &Arc<Notify>) -> Result<Self, Polled> {
        let lost = Arc::new(AtomicBool::new(false));
        let (wake, told_lost) = (Arc::clone(changed), Arc::clone(&lost));
        let tell = move |told: notify::Result<notify::Event>| match told {
            Ok(event) if !counts(&event) => {}
            Ok(_) => wake.notify_one(),
            Err(error) => {
                if why(&error) == Polled::NoMoreWatches {
                    told_lost.store(true, Ordering::Relaxed);
                }
                wake.notify_one();
            }
        };
        let config = notify::Config::default().with_follow_symlinks(false);
        let mut watcher = notify::RecommendedWatcher::new(tell, config).map_err(|error| why(&error))?;
        watcher.watch(root, RecursiveMode::Recursive).map_err(|error| why(&error))?;
        Ok(Self { _watcher: watcher, lost })
    }

    /// Whether the system stopped reporting everything in it.
    pub(super) fn lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

/// Reading a file is not a change: otherwise walking and uploading would trigger walks forever.
fn counts(event: &notify::Event) -> bool {
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

fn why(error: &notify::Error) -> Polled {
    /// `EMFILE` and `ENOSPC` on Linux: no more inotify instances for this user, no more watches
    /// (inotify_init(2), inotify_add_watch(2)).
    const LIMITS: [i32; 2] = [24, 28];
    match &error.kind {
        ErrorKind::MaxFilesWatch => Polled::NoMoreWatches,
        ErrorKind::Io(io) if io.raw_os_error().is_some_and(|number| LIMITS.contains(&number)) => {
            Polled::NoMoreWatches
        }
        _ => Polled::NotTold,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn what_changes_is_told_and_what_is_read_is_not() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("sub")).unwrap();
        std::fs::write(dir.path().join("sub/old"), "old").unwrap();
        let changed = Arc::new(Notify::new());
        let events = Events::of(dir.path(), &changed).unwrap();
        for _ in 0..100 {
            std::fs::read(dir.path().join("sub/old")).unwrap();
        }
        // Events arrive in order: one for reading would have come by now.
        let nothing = tokio::time::timeout(Duration::from_millis(300), changed.notified()).await;
        assert!(nothing.is_err(), "reading is told");
        std::fs::write(dir.path().join("sub/new"), "new").unwrap();
        tokio::time::timeout(Duration::from_secs(20), changed.notified()).await.unwrap();
        assert!(!events.lost());
    }

    #[test]
    fn limits_are_told_from_other_reasons() {
        let io = |number| notify::Error::io(std::io::Error::from_raw_os_error(number));
        assert_eq!(why(&notify::Error::new(ErrorKind::MaxFilesWatch)), Polled::NoMoreWatches);
        assert_eq!(why(&io(24)), Polled::NoMoreWatches);
        assert_eq!(why(&io(28)), Polled::NoMoreWatches);
        assert_eq!(why(&io(2)), Polled::NotTold);
        assert_eq!(why(&notify::Error::generic("what")), Polled::NotTold);
    }
}
