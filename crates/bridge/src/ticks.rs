//! Ticks of a front end, whether it holds the folder or not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use partway_api::{Look, Request, Tick};
use partway_app::App;
use tokio::sync::mpsc;

use crate::{Answers, AskError, Client, TickSource};

/// Ticks kept for a busy front end: six seconds' worth.
const KEPT_TICKS: usize = 64;

/// The reading task's end. A tick says only what changed, so after a dropped one everything is requested
/// again.
pub(crate) struct TickInbox {
    ticks: mpsc::Sender<Tick>,
    stale: Arc<AtomicBool>,
}

/// The reader of the ticks is gone.
pub(crate) struct NobodyLooks;

impl TickInbox {
    pub(crate) fn put(&self, tick: Tick) -> Result<(), NobodyLooks> {
        match self.ticks.try_send(tick) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.stale.store(true, Ordering::Relaxed);
                Ok(())
            }
            Err(mpsc::error::TrySendError::Closed(_)) => Err(NobodyLooks),
        }
    }
}

/// The ticks of a front end that does not hold the folder.
pub struct ClientTicks {
    client: Client,
    look: Mutex<Look>,
    ticks: mpsc::Receiver<Tick>,
    stale: Arc<AtomicBool>,
}

impl ClientTicks {
    pub(crate) fn new(client: Client, look: Look) -> (TickInbox, Self) {
        let (sender, ticks) = mpsc::channel(KEPT_TICKS);
        let stale = Arc::new(AtomicBool::new(false));
        let inbox = TickInbox { ticks: sender, stale: Arc::clone(&stale) };
        (inbox, Self { client, look: Mutex::new(look), ticks, stale })
    }

    async fn next(&mut self) -> Option<Tick> {
        if self.stale.swap(false, Ordering::Relaxed) {
            let look = self.current().clone();
            self.client.ask(Request::Look { look }).await.ok()?;
        }
        self.ticks.recv().await
    }

    async fn look(&self, look: Look) -> Result<(), AskError> {
        self.current().clone_from(&look);
        self.client.ask(Request::Look { look }).await.map(drop)
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Look> {
        self.look.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ticks, from this process or over the socket.
pub enum FrontTicks<A: Answers = App> {
    /// From the app in this process.
    Own(A::Ticks),
    /// From the process that holds the folder.
    Theirs(ClientTicks),
}

impl<A: Answers> FrontTicks<A> {
    /// The next tick; `None` when the holder of the folder ended. Cancel-safe.
    pub async fn next(&mut self) -> Option<Tick> {
        match self {
            Self::Own(ticks) => ticks.next().await,
            Self::Theirs(ticks) => ticks.next().await,
        }
    }

    /// Changes the look; the next tick contains everything in it.
    ///
    /// # Errors
    /// [`AskError::HolderGone`] if the holder of the folder ended.
    pub async fn look(&self, look: Look) -> Result<(), AskError> {
        match self {
            Self::Own(ticks) => {
                ticks.look(look);
                Ok(())
            }
            Self::Theirs(ticks) => ticks.look(look).await,
        }
    }
}
