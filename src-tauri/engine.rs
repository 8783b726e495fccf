//! What answers the window, on a runtime of its own.
//!
//! Parts are read from disk inside the bodies that send them. On the runtime that serves the window, a slow disk would stop the window.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use partway_api::{Answer, ApiError, Code, Command, Done, Look, Request};
use partway_app::Telling;
use partway_bridge::{AskError, Front, FrontTicks};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::Notify;

use crate::folder::{self, Calls, Side};
use crate::intake::{self, Countdown};
use crate::named::Named;

/// What parts in flight get to finish when the app ends.
const GRACE: Duration = Duration::from_secs(5);
/// What the engine's threads get to end after that, until the process leaves them behind: everything that counts is in the journal.
const THREADS: Duration = Duration::from_secs(2);
/// The holder of the folder may end just when it is asked; then the next one is found, or is this process. More often is no coincidence.
pub(crate) const TRIES: u32 = 5;

/// The folder as the rest of the shell has it.
pub(crate) struct Engine {
    data_dir: PathBuf,
    /// What others want of the window.
    pub(crate) calls: Calls,
    side: Mutex<Side>,
    /// Held while this process holds the folder; gone after the end.
    held: Mutex<Option<Front>>,
    /// One at a time looks for the next holder.
    renewing: tokio::sync::Mutex<()>,
    renewed: Notify,
    runtime: Handle,
    threads: Mutex<Option<Runtime>>,
}

impl Engine {
    /// On an open folder, and the threads that it was opened on.
    pub(crate) fn new(
        data_dir: PathBuf,
        calls: Calls,
        side: Side,
        held: Option<Front>,
        threads: Runtime,
    ) -> Self {
        let runtime = threads.handle().clone();
        let (side, held, threads) = (Mutex::new(side), Mutex::new(held), Mutex::new(Some(threads)));
        Self {
            data_dir,
            calls,
            side,
            held,
            renewing: tokio::sync::Mutex::default(),
            renewed: Notify::new(),
            runtime,
            threads,
        }
    }

    /// Where everything runs that talks to the folder.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Asks, on the engine's own runtime.
    pub(crate) async fn ask(self: &Arc<Self>, request: Request) -> Result<Answer, ApiError> {
        let engine = Arc::clone(self);
        let asked = self.runtime.spawn(async move {
            for _ in 0..TRIES {
                let side = engine.side();
                match side.ask(request.clone()).await {
                    Err(AskError::HolderGone) => engine.renew(&side).await?,
                    Err(AskError::Api(why)) => return Err(why),
                    Ok(answer) => return Ok(answer),
                }
            }
            Err(gone())
        });
        asked.await.unwrap_or_else(|_| Err(ApiError::new(Code::Internal, "Partway could not do that.")))
    }

    /// Asks for what the window may ask for too.
    pub(crate) async fn command(self: &Arc<Self>, command: Command) -> Result<Done, ApiError> {
        match self.ask(Request::Command { command }).await? {
            Answer::Done { done } => Ok(done),
            _ => Err(ApiError::new(
                Code::Internal,
                "Partway gave an answer that does not belong to what was asked.",
            )),
        }
    }

    /// Takes in what was named.
    ///
    /// # Errors
    /// What of it could not be taken in, to be told.
    pub(crate) async fn add(
        self: &Arc<Self>,
        named: impl Into<Named>,
        countdown: Countdown,
    ) -> Result<(), ApiError> {
        let Named { paths, left_out } = named.into();
        let mut answer = Ok(Answer::Ok);
        for request in intake::requests(&paths, countdown) {
            answer = self.ask(request).await;
            if !intake::no_destination(&answer) {
                break;
            }
        }
        intake::outcome(answer, left_out)
    }

    /// The same for whoever does not wait for an answer: the page tells what could not be taken in.
    pub(crate) async fn add_and_tell(self: &Arc<Self>, named: impl Into<Named>, countdown: Countdown) {
        if let Err(why) = self.add(named, countdown).await {
            self.calls.refused.put(why);
        }
    }

    /// What is to be told by notifications, from the moment on in which this process holds the folder. Whoever else holds it would not end
    /// while somebody follows it, and tells its user by itself.
    pub(crate) async fn tell(&self, seen: impl Fn() -> bool + Send + Sync + 'static) -> Telling {
        loop {
            let renewed = self.renewed.notified();
            if let Side::Own(app) = self.side() {
                let _there = self.runtime.enter();
                return app.tell(seen);
            }
            renewed.await;
        }
    }

    /// What changes in that look from now on, and who tells it; `None` when the app ends. Where it ends, [`renew`](Self::renew).
    pub(crate) async fn watch(&self, look: Look) -> Option<(Side, FrontTicks)> {
        loop {
            let side = self.side();
            match side.watch(look.clone()).await {
                Ok(ticks) => return Some((side, ticks)),
                Err(_) => self.renew(&side).await.ok()?,
            }
        }
    }

    /// The same beside what the window looks at.
    pub(crate) async fn watch_beside(&self, look: Look) -> Option<(Side, FrontTicks)> {
        loop {
            let side = self.side();
            match side.watch_beside(&self.data_dir, look.clone()).await {
                Ok(ticks) => return Some((side, ticks)),
                Err(_) => self.renew(&side).await.ok()?,
            }
        }
    }

    /// Ends in order: parts in flight, the journal, and last the folder. A second call does nothing.
    pub(crate) async fn end(&self) {
        let held = locked(&self.held).take();
        if let Some(held) = held {
            held.close(GRACE).await;
        }
    }

    /// Lets the threads go. Not from one of them.
    pub(crate) fn join(&self) {
        let threads = locked(&self.threads).take();
        if let Some(threads) = threads {
            threads.shutdown_timeout(THREADS);
        }
    }

    fn side(&self) -> Side {
        locked(&self.side).clone()
    }

    /// Opens the folder again after its holder ended: another one holds it now, or this process does from now on.
    ///
    /// # Errors
    /// Where the holder that ended is this process: then the app ends.
    pub(crate) async fn renew(&self, ended: &Side) -> Result<(), ApiError> {
        let _one = self.renewing.lock().await;
        if !self.side().is(ended) {
            return Ok(());
        }
        if matches!(ended, Side::Own(_)) {
            return Err(gone());
        }
        let opened = folder::open(&self.data_dir, &self.calls).await;
        let (side, held) = opened.map_err(|why| ApiError::new(Code::Internal, why.to_string()))?;
        *locked(&self.held) = held;
        *locked(&self.side) = side;
        self.renewed.notify_waiters();
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn gone() -> ApiError {
    ApiError::new(Code::Internal, "Partway is ending.").hint("Open it again.")
}
