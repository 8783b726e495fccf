//! The engine on one data folder: its parts, start and shutdown.

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

/// A started engine and what its start found.
pub struct OpenEngine {
    /// The engine.
    pub engine: Engine,
    /// Where the last damaged journal is, including one set aside at an earlier start.
    pub set_aside: Option<PathBuf>,
    /// Jobs that were unfinished before anything was started: a file may end before anyone subscribes.
    pub unfinished: Vec<JobId>,
}

/// The running engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<EngineState>);

impl Engine {
    /// Opens the journal under `data_dir`, takes up unfinished jobs and starts running. The caller holds
    /// the folder's lock.
    ///
    /// # Errors
    /// [`JournalError`] if the folder cannot be used or was written by a newer Partway.
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

    /// Nothing from before is in flight any more; holds that pass by themselves are retried.
    async fn take_up(&self) -> Result<Vec<JobId>, JournalError> {
        let now = self.0.clock.unix_ms();
        self.0
            .journal
            .write(move |conn| {
                // None of these were started or announced.
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

    /// Subscribes to events from now on.
    #[must_use]
    pub fn follow(&self) -> broadcast::Receiver<EngineEvent> {
        self.0.happened.subscribe()
    }

    /// Why the journal cannot be written at present. Until it can, nothing is confirmed, so nothing
    /// proceeds.
    #[must_use]
    pub fn unwritable(&self) -> watch::Receiver<Option<Unwritable>> {
        self.0.journal.unwritable()
    }

    /// Shuts down: starts no new parts, gives those in flight `grace`, then closes the journal. Everything
    /// stays resumable. A `grace` below [`GRACE`] but not zero means the caller is in a hurry: then no
    /// other wait, such as for a hanging call, exceeds it either.
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
            // Runs check the signal at every turn: any that remain are waiting for an unresponsive disk.
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
