//! Looks at paths on their drives' threads, so that an unresponsive drive does not hold up other requests.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::Engine;
use crate::drive::{Drive, Pulse, Unanswered};
use crate::place::{Mounts, Place};
use crate::record::{LeftOut, WhyLeftOut};
use crate::scan::{self, Intake};

/// After this many consecutive unanswered calls, a drive is asked nothing more.
const ENOUGH: u32 = 2;

/// Paths, each with its index in the request.
type Named = Vec<(usize, PathBuf)>;

impl Engine {
    /// Runs `work` on a path, on one of its drive's threads. It may run for as long as it reports progress.
    ///
    /// # Errors
    /// [`Unanswered::Silent`] after ten seconds without an answer; [`Unanswered::Fault`] if it panicked.
    pub async fn on_drive<T: Send + 'static>(
        &self,
        path: &Path,
        work: impl FnOnce(&Pulse) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let drive = self.0.drives.of(&Mounts::now(), path, None);
        // Another call to a silent drive would only lose another thread.
        if drive.is_silent() {
            return Err(Unanswered::Silent);
        }
        drive.ask_long(&path.into(), work).await
    }

    /// Looks at paths and walks folders, all drives in parallel. What is on an unresponsive drive is left
    /// out.
    pub async fn look(&self, paths: Vec<PathBuf>) -> Intake {
        let named = paths.clone();
        let own = Arc::clone(&self.0.data_dir);
        let looked = self
            .of_each(paths, move |path, pulse| scan::look_at(path, Some(&own), &mut || pulse.beat()))
            .await;
        let each = named.iter().zip(looked);
        scan::put_together(
            each.map(|(path, looked)| looked.unwrap_or_else(|| scan::unanswered(path))).collect(),
        )
    }

    /// Which of these paths can be taken in, judged by one look at each: no folder is walked.
    pub async fn sift(&self, paths: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<LeftOut>) {
        let named = paths.clone();
        let sifted = self.of_each(paths, |path, _| scan::sift(path)).await;
        let (mut good, mut left) = (Vec::new(), Vec::new());
        for (path, sifted) in named.into_iter().zip(sifted) {
            match sifted.unwrap_or(Err(WhyLeftOut::DriveSilent)) {
                Ok(()) => good.push(path),
                Err(why) => left.push(LeftOut { path: path.to_string_lossy().into_owned(), why }),
            }
        }
        (good, left)
    }

    /// Runs `work` on each path, all drives in parallel. Results are in the order of the paths, `None` if
    /// there was no answer.
    async fn of_each<T: Send + 'static>(
        &self,
        paths: Vec<PathBuf>,
        work: impl Fn(&Path, &Pulse) -> T + Clone + Send + 'static,
    ) -> Vec<Option<T>> {
        let (mounts, count) = (Mounts::now(), paths.len());
        let mut drives: HashMap<Place, (Arc<Drive>, Named)> = HashMap::new();
        for (index, path) in paths.into_iter().enumerate() {
            let place = mounts.place(&path);
            let of_drive = || (self.0.drives.of(&mounts, &path, None), Vec::new());
            drives.entry(place).or_insert_with(of_drive).1.push((index, path));
        }
        let (sender, answers) = mpsc::unbounded_channel();
        let mut asked = tokio::task::JoinSet::new();
        for (drive, named) in drives.into_values() {
            asked.spawn(of_one_drive(drive, named, work.clone(), sender.clone()));
        }
        drop(sender);
        asked.join_all().await;
        in_order(count, answers)
    }
}

fn in_order<T>(count: usize, mut answers: UnboundedReceiver<(usize, T)>) -> Vec<Option<T>> {
    let mut all: Vec<Option<T>> = std::iter::repeat_with(|| None).take(count).collect();
    while let Ok((index, answer)) = answers.try_recv() {
        all[index] = Some(answer);
    }
    all
}

/// Runs `work` on each path of one drive. An unanswered path is skipped as long as others answer.
async fn of_one_drive<T: Send + 'static>(
    drive: Arc<Drive>,
    mut named: Named,
    work: impl Fn(&Path, &Pulse) -> T + Clone + Send + 'static,
    answers: mpsc::UnboundedSender<(usize, T)>,
) {
    let mut unanswered = if drive.is_silent() { ENOUGH } else { 0 };
    while unanswered < ENOUGH
        && let Some((_, first)) = named.first()
    {
        let (path, work, answers) = (first.as_path().into(), work.clone(), answers.clone());
        let (done, mut dones) = mpsc::unbounded_channel();
        let these = named.clone();
        let asked = drive.ask_long(&path, move |pulse| {
            for (index, path) in these {
                pulse.at(&path);
                let answer = work(&path, pulse);
                // If the caller stopped waiting, the path has been reported as unanswered.
                if !pulse.beat() || answers.send((index, answer)).is_err() || done.send(()).is_err() {
                    return;
                }
            }
        });
        let ended = asked.await;
        let came = std::iter::from_fn(|| dones.try_recv().ok()).count();
        named.drain(..came);
        match ended {
            Ok(()) => return,
            Err(Unanswered::Silent) => {
                unanswered = if came > 0 { 1 } else { unanswered + 1 };
                named.drain(..named.len().min(1));
            }
            // Only this path panicked; the others are still asked.
            Err(Unanswered::Fault(_)) => {
                named.drain(..named.len().min(1));
            }
        }
    }
}
