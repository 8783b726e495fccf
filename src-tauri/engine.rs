//! The app that this process runs, on a runtime of its own.
//!
//! Parts are read from disk inside the bodies that send them. On the runtime that serves the window, a slow disk would stop the window.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use partway_api::{Answer, ApiError, Code, Command, Done, Request};
use partway_app::App;
use partway_bridge::Front;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::Notify;

use crate::intake::{self, Countdown};

/// What parts in flight get to finish when the app ends.
const GRACE: Duration = Duration::from_secs(5);
/// What the engine's threads get to end after that, until the process leaves them behind: everything that counts is in the journal.
const THREADS: Duration = Duration::from_secs(2);

/// The engine as the rest of the shell holds it.
pub(crate) struct Engine {
    app: App,
    runtime: Handle,
    /// Somebody asked to see the window.
    pub(crate) shown: Arc<Notify>,
    front: Mutex<Option<Front>>,
    threads: Mutex<Option<Runtime>>,
}

impl Engine {
    /// Holds a running app, and the threads that it runs on.
    pub(crate) fn new(app: App, front: Front, threads: Runtime, shown: Arc<Notify>) -> Self {
        let runtime = threads.handle().clone();
        Self { app, runtime, shown, front: Mutex::new(Some(front)), threads: Mutex::new(Some(threads)) }
    }

    /// The app itself. What it starts must run on [`runtime`](Self::runtime).
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Where everything runs that talks to the app.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Asks the app, on its own runtime.
    pub(crate) async fn ask(&self, request: Request) -> Result<Answer, ApiError> {
        let app = self.app.clone();
        let asked = self.runtime.spawn(async move { app.ask(request).await }).await;
        asked.unwrap_or_else(|_| Err(ApiError::new(Code::Internal, "Partway could not do that.")))
    }

    /// Asks the app for what the window may ask for too.
    pub(crate) async fn command(&self, command: Command) -> Result<Done, ApiError> {
        match self.ask(Request::Command { command }).await? {
            Answer::Done { done } => Ok(done),
            _ => Err(ApiError::new(
                Code::Internal,
                "Partway gave an answer that does not belong to what was asked.",
            )),
        }
    }

    /// Takes paths in.
    ///
    /// # Errors
    /// Where nothing of them could be taken in: the first reason.
    pub(crate) async fn add(&self, paths: &[PathBuf], countdown: Countdown) -> Result<(), ApiError> {
        let mut answer = Ok(Answer::Ok);
        for request in intake::requests(paths, countdown) {
            answer = self.ask(request).await;
            if !intake::no_destination(&answer) {
                break;
            }
        }
        intake::outcome(answer)
    }

    /// Ends in order: parts in flight, the journal, and last the folder. A second call does nothing.
    pub(crate) async fn end(&self) {
        let front = self.front.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(front) = front {
            front.close(GRACE).await;
        }
    }

    /// Lets the threads go. Not from one of them.
    pub(crate) fn join(&self) {
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(threads) = threads {
            threads.shutdown_timeout(THREADS);
        }
    }
}
