//! What takes its time on a drive: a walk, a comparison. As long as it goes on, the drive is not silent.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::{Drive, Out, SILENT, Unanswered};

/// How often it is looked whether it goes on.
const LOOK: Duration = Duration::from_millis(500);

/// In the hands of work that takes its time: it says that the drive answers.
pub struct Pulse {
    out: Out,
    let_go: Arc<AtomicBool>,
}

impl Pulse {
    /// The drive answered, and more is asked of it. `false`: nobody waits for it any more, so that it may end.
    #[must_use]
    pub fn beat(&self) -> bool {
        self.out.since(Some(Instant::now()));
        !self.let_go.load(Ordering::Relaxed)
    }

    /// It goes on with another path.
    pub(crate) fn at(&self, path: &Path) {
        if let Some((_, at)) = self.out.0.asked().out.get_mut(&self.out.1) {
            *at = path.into();
        }
    }

    /// Does something meanwhile that waits for others than the drive.
    pub fn elsewhere<T>(&self, work: impl FnOnce() -> T) -> T {
        self.out.since(None);
        let done = work();
        self.out.since(Some(Instant::now()));
        done
    }
}

/// Whoever waits for the work; it is told when nobody does.
struct Waits(Arc<AtomicBool>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Drive {
    /// Does something that may take long, on one of a few threads of this drive that are there for such. It is given up when it has not
    /// said for ten seconds that it goes on; its thread is left to the drive then.
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
            // What it answers is for single reads.
            let _ = gate.map(|gate| gate(&of));
            let answer = work(&pulse);
            drop((pulse, slot));
            answer
        });
        loop {
            match timeout(LOOK, &mut task).await {
                // The runtime goes down, and whoever asked with it: that says nothing of the drive.
                Ok(Err(error)) if error.is_cancelled() => std::future::pending().await,
                Ok(answer) => return answer.map_err(Unanswered::Fault),
                Err(_) if self.asked().is_late(id) => return Err(Unanswered::Silent),
                Err(_) => {}
            }
        }
    }
}

impl super::Asked {
    /// Whether nothing was heard of it for as long as makes a drive silent.
    fn is_late(&self, id: u64) -> bool {
        self.out.get(&id).and_then(|(since, _)| *since).is_some_and(|since| since.elapsed() >= SILENT)
    }
}
