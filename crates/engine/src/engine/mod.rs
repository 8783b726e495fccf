//! The engine on one data folder: what it is made of, how it starts and how it ends.

mod after_sleep;
mod attention;
mod batch_ops;
mod commands;
mod destinations;
mod enqueue;
mod fields;
mod look;
mod missing;
mod names;
mod read;
mod sweep;
mod timers;
mod watched;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use partway_core::{Event, Hold};
use tokio::sync::{broadcast, watch};

pub use commands::Which;
pub use fields::is_mime;
pub use read::JobDetail;

use crate::event::EngineEvent;
use crate::journal::{Journal, JournalError, Unwritable, batches, jobs};
use crate::options::{EngineOptions, GRACE};
use crate::record::JobId;
use crate::schedule;
use crate::state::{EngineState, Stop};

/// An engine and what is worth telling about its start.
pub struct OpenEngine {
    /// The engine.
    pub engine: Engine,
    /// Where the last damaged journal lies, also one that was found at an earlier start.
    pub set_aside: Option<PathBuf>,
    /// What was unfinished before anything was started: a file may end before anybody can listen.
    pub unfinished: Vec<JobId>,
}

/// The running engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<EngineState>);

impl Engine {
    /// Opens the journal under `data_dir`, takes up what was unfinished and starts to run it. The caller holds the folder's lock.
    ///
    /// # Errors
    /// [`JournalError`] where the folder cannot be used or was written by a newer Partway.
    pub async fn open(data_dir: &Path, options: EngineOptions) -> Result<OpenEngine, JournalError> {
        let opened = Journal::open(data_dir, options.clock.unix_ms())?;
        let engine = Self(Arc::new(EngineState::new(data_dir, opened.journal, options)));
        let unfinished = engine.take_up().await?;
        if engine.0.idle {
            return Ok(OpenEngine { engine, set_aside: opened.set_aside, unfinished });
        }
        let tasks = [
            tokio::spawn(schedule::serve(Arc::clone(&engine.0))),
            tokio::spawn(sweep::serve(Arc::clone(&engine.0))),
            tokio::spawn(timers::serve(Arc::clone(&engine.0))),
            tokio::spawn(timers::look_for_files(Arc::clone(&engine.0))),
            tokio::spawn(timers::look_for_room(Arc::clone(&engine.0))),
        ];
        engine.0.tasks.lock().unwrap_or_else(PoisonError::into_inner).extend(tasks);
        Ok(OpenEngine { engine, set_aside: opened.set_aside, unfinished })
    }

    /// Nothing of before is in flight any more, and holds that pass by themselves are tried anew.
    async fn take_up(&self) -> Result<Vec<JobId>, JournalError> {
        let now = self.0.clock.unix_ms();
        self.0
            .journal
            .write(move |conn| {
                // Nothing of these has started, and nobody was told of them.
                batches::remove_half_taken_in(conn)?;
                let unfinished = jobs::in_states(
                    conn,
                    &["needs-attention", "waiting", "checking", "uploading", "finishing"],
                )?;
                for id in jobs::in_states(conn, &["checking", "uploading", "finishing", "cancelling"])? {
                    let _ = jobs::apply(conn, now, &id, &Event::Restarted)?;
                }
                for hold in Hold::PASSING {
                    for (id, ..) in jobs::held_by(conn, hold)? {
                        let _ = jobs::apply(conn, now, &id, &Event::Released(hold))?;
                    }
                }
                Ok(unfinished)
            })
            .await
    }

    /// What happens from now on.
    #[must_use]
    pub fn follow(&self) -> broadcast::Receiver<EngineEvent> {
        self.0.happened.subscribe()
    }

    /// Why nothing can be written down at present; until it can nothing is confirmed, so nothing goes on.
    #[must_use]
    pub fn unwritable(&self) -> watch::Receiver<Option<Unwritable>> {
        self.0.journal.unwritable()
    }

    /// Ends in order: no new part, those in flight get `grace`, then the journal is closed. Everything stays resumable. Whoever gives
    /// less than [`GRACE`], and any, is in a hurry: nothing else is waited for longer than that either, such as a call that hangs.
    pub async fn close(&self, grace: Duration) {
        let hurry = !grace.is_zero() && grace < GRACE;
        let at_most = |usual: Duration| if hurry { usual.min(grace) } else { usual };
        self.0.closing.send_replace(true);
        self.0.stop_all(Stop::Soft);
        let all_ended = async {
            loop {
                let ended = self.0.run_ended.notified();
                if self.0.active().is_empty() {
                    break;
                }
                ended.await;
            }
        };
        if tokio::time::timeout(grace, all_ended).await.is_err() {
            self.0.stop_all(Stop::Hard);
            // Runs look at the signal at every turn: what is still there after this is waiting for a disk that does not answer.
            let _ = tokio::time::timeout(at_most(Duration::from_secs(2)), async {
                loop {
                    let ended = self.0.run_ended.notified();
                    if self.0.active().is_empty() {
                        break;
                    }
                    ended.await;
                }
            })
            .await;
        }
        let tasks = std::mem::take(&mut *self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            task.abort();
        }
        if !self.0.idle || self.0.memory().gave_up {
            sweep::last(&self.0, at_most(sweep::LAST)).await;
        }
        self.0.journal.close().await;
    }
}
