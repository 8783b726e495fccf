//! Long work on a drive, such as a walk or a comparison. While it makes progress, the drive is not silent.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::{Drive, Out, SILENT, Unanswered};

/// How often its progress is checked.
const LOOK: Duration = Duration::from_millis(500);

/// Handed to long work, which uses it to report that the drive answers.
pub struct Pulse {
    out: Out,
    let_go: Arc<AtomicBool>,
}

impl Pulse {
    /// Reports that the drive answered and will be asked for more. `false` means that the caller has
    /// stopped waiting and the work may end.
    #[must_use]
    pub fn beat(&self) -> bool {
        self.out.since(Some(Instant::now()));
        !self.let_go.load(Ordering::Relaxed)
    }

    /// Reports that the work moved on to another path.
    pub(crate) fn at(&self, path: &Path) {
        if let Some((_, at)) = self.out.0.asked().out.get_mut(&self.out.1) {
            *at = path.into();
        }
    }

    /// Runs work that waits for something other than the drive.
    pub fn elsewhere<T>(&self, work: impl FnOnce() -> T) -> T {
        self.out.since(None);
        let done = work();
        self.out.since(Some(Instant::now()));
        done
    }
}

/// Held by the caller of the work; dropping it lets the work know.
struct Waits(Arc<AtomicBool>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Drive {
    /// Runs work that may take long on one of the drive's few threads for it. Gives up after ten seconds
    /// without a [`Pulse::beat`]; the thread is then left to the drive.
    pub(crate) async fn ask_long<T: Send + 'static>(
        self: &Arc<Self>,
        path: &Arc<Path>,
        work: impl FnOnce(&Pulse) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        if self.hangs_at(path) {
            return Err(Unanswered::Silent);
        }
        let slot = self.slot(&self.long).await?;
        let waits = Waits(Arc::default());
        let pulse = Pulse { out: Out::of(self, path), let_go: Arc::clone(&waits.0) };
        let (id, gate, of) = (pulse.out.1, self.before.gate.clone(), Arc::clone(path));
        let mut task = tokio::task::spawn_blocking(move || {
            // Its result is only for single reads.
            let _ = gate.map(|gate| gate(&of));
            let answer = work(&pulse);
            drop((pulse, slot));
            answer
        });
        loop {
            match timeout(LOOK, &mut task).await {
                // The runtime is shutting down, and the caller with it: that says nothing about the drive.
                Ok(Err(error)) if error.is_cancelled() => std::future::pending().await,
                Ok(answer) => return answer.map_err(Unanswered::Fault),
                Err(_) if self.asked().is_late(id) => return Err(Unanswered::Silent),
                Err(_) => {}
            }
        }
    }
}

impl super::Asked {
    /// Whether it has made no progress for [`SILENT`].
    fn is_late(&self, id: u64) -> bool {
        self.out.get(&id).and_then(|(since, _)| *since).is_some_and(|since| since.elapsed() >= SILENT)
    }
}
