//! Drive I/O: a few calls per drive at once, on separate threads, so that an unresponsive drive holds up
//! only itself.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinError;
use tokio::time::{Instant, sleep, timeout};

use crate::buffers::Buffers;
use crate::place::{Mounts, Place};
use crate::source::SourceError;

/// A drive that has not answered for this long counts as silent. A sleeping disk needs up to eight seconds
/// to spin up.
pub(crate) const SILENT: Duration = Duration::from_secs(10);

/// Concurrent calls per drive: enough to fill a high-latency share, and the most threads that a silent
/// drive can hold.
const AT_ONCE: usize = 8;

/// Concurrent long calls per drive, on top of those.
const LONG_AT_ONCE: usize = 4;

/// Delays between retries of a transient fault before it is reported.
const AGAIN: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// Beyond this many drives, unused ones are forgotten.
const KNOWN: usize = 64;

/// Called on a drive's thread before one of its files is touched; its error counts as the drive's own.
pub type Gate = Arc<dyn Fn(&Path) -> io::Result<()> + Send + Sync>;

/// Test hooks between files and their readers.
#[derive(Clone, Default)]
pub(crate) struct Before {
    /// See [`Gate`].
    pub(crate) gate: Option<Gate>,
    /// Files to treat as stored elsewhere, whatever the system says.
    pub(crate) elsewhere: Option<fn(&Path) -> bool>,
}

/// All drives that files are on.
pub(crate) struct Drives {
    known: Mutex<HashMap<Key, Arc<Drive>>>,
    buffers: Arc<Buffers>,
    before: Before,
}

/// The drive that a path names and the device its file is on: a link leads from one to the other, and
/// either may be silent.
type Key = (Place, Option<u64>);

impl Drives {
    /// Creates an empty registry.
    pub(crate) fn new(before: Before) -> Self {
        Self { known: Mutex::default(), buffers: Arc::default(), before }
    }

    /// The drive of a file. `device` is known from an earlier look.
    pub(crate) fn of(&self, mounts: &Mounts, path: &Path, device: Option<u64>) -> Arc<Drive> {
        let key = (mounts.place(path), device);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.retain(|_, drive| Arc::strong_count(drive) > 1 || drive.is_asked());
        }
        let made =
            || Arc::new(Drive::new(Arc::clone(&self.buffers), self.before.clone(), || SourceError::Silent));
        Arc::clone(known.entry(key).or_insert_with(made))
    }
}

/// One drive.
pub(crate) struct Drive {
    slots: Arc<Semaphore>,
    /// For long calls, which must not delay a read.
    long: Arc<Semaphore>,
    asked: Mutex<Asked>,
    /// Buffers for its blocks, shared by all drives.
    pub(crate) buffers: Arc<Buffers>,
    before: Before,
    /// Whether a look for missing files is running.
    pub(crate) looked_at: AtomicBool,
    /// The error that its silence stands for.
    silence: fn() -> SourceError,
    /// Fetches the content of those files on this drive that are stored elsewhere. It has its own threads
    /// and its own silence, because the drive itself keeps answering.
    elsewhere: OnceLock<Arc<Drive>>,
}

impl std::fmt::Debug for Drive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drive").field("out", &self.asked().out.len()).finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Asked {
    next: u64,
    /// Outstanding calls: since when the drive has had each, and for which file.
    out: BTreeMap<u64, (Option<Instant>, Arc<Path>)>,
    /// When a call last returned.
    answered: Option<Instant>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// It has not come in time.
    #[error("its drive does not answer")]
    Silent,
    /// By a fault of Partway's own.
    #[error("reading it did not end: {0}")]
    Fault(JoinError),
}

impl From<Unanswered> for SourceError {
    fn from(why: Unanswered) -> Self {
        match why {
            Unanswered::Silent => Self::Silent,
            Unanswered::Fault(_) => Self::Unreadable(io::Error::other("reading it did not end")),
        }
    }
}

impl Drive {
    fn new(buffers: Arc<Buffers>, before: Before, silence: fn() -> SourceError) -> Self {
        Self {
            slots: Semaphore::new(AT_ONCE).into(),
            long: Semaphore::new(LONG_AT_ONCE).into(),
            asked: Mutex::default(),
            buffers,
            before,
            looked_at: AtomicBool::new(false),
            silence,
            elsewhere: OnceLock::new(),
        }
    }

    /// The virtual drive behind this one, for files whose content is stored elsewhere.
    pub(crate) fn elsewhere(&self) -> Arc<Self> {
        let made = || Self::new(Arc::clone(&self.buffers), self.before.clone(), || SourceError::Fetching);
        Arc::clone(self.elsewhere.get_or_init(|| Arc::new(made())))
    }

    /// Whether to treat this file's content as stored elsewhere.
    pub(crate) fn has_elsewhere(&self, path: &Path) -> bool {
        self.before.elsewhere.is_some_and(|of| of(path))
    }

    /// Whether a call to this drive, or to the one behind it, is outstanding, or the latter is in use.
    fn is_asked(&self) -> bool {
        let behind = |drive: &Arc<Self>| Arc::strong_count(drive) > 1 || drive.is_asked();
        !self.asked().out.is_empty() || self.elsewhere.get().is_some_and(behind)
    }

    /// Fails fast if the drive or this file is known not to answer: another call would only lose another
    /// thread.
    ///
    /// # Errors
    /// What its silence stands for.
    pub(crate) fn answers(&self, path: &Path) -> Result<(), SourceError> {
        if self.is_silent() || self.hangs_at(path) { Err((self.silence)()) } else { Ok(()) }
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a call has been outstanding for [`SILENT`] and none has returned for as long.
    pub(crate) fn is_silent(&self) -> bool {
        let asked = self.asked();
        let long_ago = |at: Instant| at.elapsed() >= SILENT;
        asked.answered.is_none_or(long_ago)
            && asked.out.values().any(|(since, _)| since.is_some_and(long_ago))
    }

    /// Whether a call for this file has been outstanding for [`SILENT`]: another one would only lose
    /// another thread.
    pub(crate) fn hangs_at(&self, path: &Path) -> bool {
        let long_ago = |since: &Instant| since.elapsed() >= SILENT;
        self.asked().out.values().any(|(since, of)| since.as_ref().is_some_and(long_ago) && **of == *path)
    }

    async fn slot(&self, of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Unanswered> {
        loop {
            if let Ok(slot) = Arc::clone(of).try_acquire_owned() {
                return Ok(slot);
            }
            if self.is_silent() {
                return Err(Unanswered::Silent);
            }
            // Other calls may be slow without being silent: a slot frees up when they end.
            if let Ok(slot) = timeout(SILENT, Arc::clone(of).acquire_owned()).await {
                return slot.map_err(|_| Unanswered::Silent);
            }
        }
    }

    /// Runs `work` for a file on one of this drive's threads. A caller that stops waiting leaves that
    /// thread to the drive.
    pub(crate) async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        path: &Arc<Path>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let slot = self.slot(&self.slots).await?;
        let out = Out::of(self, path);
        let task = tokio::task::spawn_blocking(move || {
            let answer = work();
            drop((out, slot));
            answer
        });
        match timeout(SILENT, task).await {
            // The runtime is shutting down, and the caller with it: that says nothing about the drive.
            Ok(Err(error)) if error.is_cancelled() => std::future::pending().await,
            Ok(answer) => answer.map_err(Unanswered::Fault),
            Err(_) => Err(Unanswered::Silent),
        }
    }

    /// Like [`ask`](Self::ask), for repeatable work: a transient fault gets a few seconds to pass.
    pub(crate) async fn ask_again<T, W>(
        self: &Arc<Self>,
        path: &Arc<Path>,
        mut work: impl FnMut() -> W,
    ) -> Result<T, SourceError>
    where
        T: Send + 'static,
        W: FnOnce() -> Result<T, SourceError> + Send + 'static,
    {
        let mut waits = AGAIN.iter();
        loop {
            let (gate, of, work) = (self.before.gate.clone(), Arc::clone(path), work());
            let gated = move || {
                if let Some(gate) = gate {
                    gate(&of).map_err(SourceError::from)?;
                }
                work()
            };
            let answer = self.ask(path, gated).await.map_err(|why| match why {
                Unanswered::Silent => (self.silence)(),
                Unanswered::Fault(_) => why.into(),
            });
            match answer? {
                Err(SourceError::Unreadable(error)) if passes(&error) => match waits.next() {
                    Some(wait) => sleep(*wait).await,
                    None => return Err(SourceError::Unreadable(error)),
                },
                answer => return answer,
            }
        }
    }
}

/// An outstanding call.
struct Out(Arc<Drive>, u64);

impl Out {
    fn of(drive: &Arc<Drive>, path: &Arc<Path>) -> Self {
        let mut asked = drive.asked();
        let id = asked.next;
        asked.next += 1;
        asked.out.insert(id, (Some(Instant::now()), Arc::clone(path)));
        drop(asked);
        Self(Arc::clone(drive), id)
    }

    /// The call returned; `since` is when the drive received its next request, if any.
    fn since(&self, since: Option<Instant>) {
        let mut asked = self.0.asked();
        asked.answered = Some(Instant::now());
        if let Some(out) = asked.out.get_mut(&self.1) {
            out.0 = since;
        }
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        let mut asked = self.0.asked();
        asked.out.remove(&self.1);
        asked.answered = Some(Instant::now());
    }
}

/// Marks a look for missing files as running until dropped. `None` if one already is.
pub(crate) struct Look(Arc<Drive>);

impl Look {
    pub(crate) fn begin(drive: &Arc<Drive>) -> Option<Self> {
        (!drive.looked_at.swap(true, Ordering::AcqRel)).then(|| Self(Arc::clone(drive)))
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        self.0.looked_at.store(false, Ordering::Release);
    }
}

/// Whether an I/O error may be transient. The known permanent ones are excluded; anything else is given
/// time first.
pub(crate) fn passes(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    // errno.h: EBADF, ENOTTY, ENOSYS, ELOOP of Linux and of macOS; winerror.h: invalid name (123), not a
    // file (1), access denied (5).
    let never: &[i32] = match () {
        () if cfg!(windows) => &[1, 5, 123],
        () if cfg!(target_os = "linux") => &[9, 25, 38, 40],
        () => &[9, 25, 62, 78],
    };
    !matches!(
        error.kind(),
        K::NotFound
            | K::PermissionDenied
            | K::NotADirectory
            | K::IsADirectory
            | K::InvalidInput
            | K::InvalidFilename
            | K::InvalidData
            | K::UnexpectedEof
            | K::FileTooLarge
            | K::Unsupported
    ) && error.raw_os_error().is_none_or(|number| !never.contains(&number))
}

/// Whether the path to the drive failed rather than the drive: that recovers like a network.
pub(crate) fn is_far(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    // EHOSTDOWN, ESHUTDOWN, EREMOTEIO, ENOLINK of Linux; EHOSTDOWN, ESHUTDOWN of macOS; the network errors
    // of winerror.h, including those of cloud files.
    let numbers: &[i32] = match () {
        () if cfg!(windows) => &[
            51, 53, 54, 55, 59, 64, 67, 121, 362, 382, 386, 388, 389, 393, 395, 398, 404, 426, 475, 1231,
            1232, 1236, 1450,
        ],
        () if cfg!(target_os = "linux") => &[67, 108, 112, 121],
        () => &[58, 64],
    };
    matches!(
        error.kind(),
        K::TimedOut
            | K::StaleNetworkFileHandle
            | K::HostUnreachable
            | K::NetworkDown
            | K::NetworkUnreachable
            | K::NotConnected
            | K::ConnectionAborted
            | K::ConnectionReset
            | K::ConnectionRefused
            | K::BrokenPipe
    ) || error.raw_os_error().is_some_and(|number| numbers.contains(&number))
}

mod long;

pub use long::Pulse;

#[cfg(test)]
mod tests;
