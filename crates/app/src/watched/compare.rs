//! Compares files that were touched since they were sent with what was sent, a few at a time in the
//! background.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use partway_core::FileIdentity;
use partway_engine::source::SourceError;
use partway_engine::{Pulse, Seen, Sum, has_sum};
use tokio::sync::oneshot::{self, error::TryRecvError};

use super::Trouble;
use super::folder::Folder;
use super::pending::{Errand, Why};

/// Longest comparison; after that it starts over.
const AT_MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// Delay before retrying a file that cannot be read.
const WHILE_UNREAD: Duration = Duration::from_secs(60);

type Compared = Vec<(PathBuf, FileIdentity, Sum, Result<bool, SourceError>)>;

/// A running comparison; dropping it stops at the next block of the current file.
pub(super) struct Comparing {
    outcome: oneshot::Receiver<Compared>,
    let_go: Arc<AtomicBool>,
}

impl Drop for Comparing {
    fn drop(&mut self) {
        self.let_go.store(true, Ordering::Relaxed);
    }
}

/// Collects finished comparisons and starts the next.
pub(super) async fn go_on(folder: &mut Folder) -> Result<(), Trouble> {
    if let Some(comparing) = &mut folder.comparing {
        let compared = match comparing.outcome.try_recv() {
            Ok(compared) => compared,
            Err(TryRecvError::Empty) => return Ok(()),
            // A fault of our own ended it: retry those files later.
            Err(TryRecvError::Closed) => Vec::new(),
        };
        folder.comparing = None;
        take(folder, compared).await?;
    }
    begin(folder);
    Ok(())
}

async fn take(folder: &mut Folder, compared: Compared) -> Result<(), Trouble> {
    let now = folder.now();
    let mut same = Vec::new();
    for (file, identity, sum, outcome) in compared {
        match outcome {
            Ok(true) => same.push((file, Seen { identity, born_ns: None })),
            Ok(false) => folder.pending.differs(&file, &identity, now),
            Err(SourceError::Changed(changed)) => {
                folder.pending.forget(&file);
                folder.pending.see(file, changed, Errand::Compare(sum), now);
            }
            // A missing file is forgotten at the next look.
            Err(_) => folder.pending.put_off(&file, Why::Unread, now + WHILE_UNREAD),
        }
    }
    same.iter().for_each(|(file, _)| folder.pending.forget(file));
    if same.is_empty() {
        return Ok(());
    }
    let noted = folder.app.0.engine.date(&folder.watched.id, same).await;
    noted.map_err(|error| Trouble::journal(&error))
}

fn begin(folder: &mut Folder) {
    let files = folder.pending.to_compare();
    if files.is_empty() {
        return;
    }
    let until = folder.now() + AT_MOST;
    files.iter().for_each(|(file, ..)| folder.pending.put_off(file, Why::Compared, until));
    let let_go = Arc::new(AtomicBool::new(false));
    let (over, wake, engine) =
        (Arc::clone(&let_go), Arc::clone(&folder.verified), folder.app.0.engine.clone());
    let (of, root) = (folder.watched.path.clone(), folder.watched.path.clone());
    let (sender, outcome) = oneshot::channel();
    tokio::spawn(async move {
        let again = files.clone();
        let compare = move |pulse: &Pulse| {
            let go_on = || pulse.beat() && !over.load(Ordering::Relaxed);
            let compare = |(file, identity, sum): (PathBuf, FileIdentity, Sum)| {
                let outcome = has_sum(&root.join(&file), &identity, &sum, &go_on);
                (file, identity, sum, outcome)
            };
            files.into_iter().take_while(|_| go_on()).map(compare).collect()
        };
        let compared = engine.on_drive(&of, compare).await;
        let silent = |(file, identity, sum)| (file, identity, sum, Err(SourceError::Silent));
        let compared = compared.unwrap_or_else(|_| again.into_iter().map(silent).collect());
        // The receiver may be gone. Send before waking, so that the result is there.
        let _ = sender.send(compared);
        wake.notify_one();
    });
    folder.comparing = Some(Comparing { outcome, let_go });
}
