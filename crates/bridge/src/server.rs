//! The server: accepts front ends until it is stopped.

use std::sync::Arc;
use std::time::Duration;

use interprocess::local_socket::tokio::{Listener, prelude::*};
use partway_api::ApiError;
use partway_app::as_known;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::conversation::{Host, converse};
use crate::{Answers, BridgeError, FolderLock, place};

/// Most front ends at once. Each costs a descriptor, of which a process has 1,024 by default; the rest wait
/// in the system's queue.
const FRONTS_AT_ONCE: usize = 128;
/// Pause after a failed `accept` (no descriptors left, for example), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A running server. [`stop`](Self::stop) ends it; dropping it does so, too, without waiting.
pub struct Server {
    lock: FolderLock,
    stop: CancellationToken,
    tasks: TaskTracker,
    following: watch::Receiver<usize>,
}

impl Server {
    /// Listens in the lock's folder. Needs a tokio runtime. `on_show` brings the window forward or shows a
    /// message in it, and returns `false` if the process has none.
    ///
    /// # Errors
    /// The socket cannot be created.
    pub fn start<A: Answers>(
        answers: A,
        lock: FolderLock,
        on_show: impl Fn(Option<ApiError>) -> bool + Send + Sync + 'static,
    ) -> Result<Self, BridgeError> {
        let listener = place::listen(lock.folder())
            .map_err(|source| BridgeError::Socket { folder: as_known(lock.folder()).into_owned(), source })?;
        let (count, following) = watch::channel(0);
        let host = Arc::new(Host { answers, on_show: Arc::new(on_show), following: count });
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(accept(listener, host, stop.clone(), tasks.clone()));
        Ok(Self { lock, stop, tasks, following })
    }

    /// How many front ends follow events; changes as they come and go.
    #[must_use]
    pub fn following(&self) -> watch::Receiver<usize> {
        self.following.clone()
    }

    /// Accepts no more front ends, ends all conversations, and returns the lock: the folder stays held until
    /// that is dropped.
    pub async fn stop(self) -> FolderLock {
        place::clear(self.lock.folder());
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.lock
    }
}

async fn accept<A: Answers>(
    listener: Listener,
    host: Arc<Host<A>>,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    let places = Arc::new(Semaphore::new(FRONTS_AT_ONCE));
    let next = async || {
        let place = Arc::clone(&places).acquire_owned().await;
        (place, listener.accept().await)
    };
    loop {
        match stop.run_until_cancelled(next()).await {
            None => return,
            Some((place, Ok(stream))) => {
                let (host, stop) = (Arc::clone(&host), stop.clone());
                tasks.spawn(async move {
                    stop.run_until_cancelled(converse(stream, host)).await;
                    drop(place);
                });
            }
            Some((_, Err(fault))) => {
                tracing::warn!(%fault, "a front end could not be taken in");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
