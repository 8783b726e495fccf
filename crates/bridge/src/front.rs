//! A front end's handle: the app itself, or a connection to the process that runs it.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partway_api::{Answer, ApiError, Look, Request};
use partway_app::{App, OpenError};
use tokio::time::{Instant, sleep};

use crate::conversation::{OnShow, no_window};
use crate::silence::OnSilence;
use crate::{Answers, AskError, BridgeError, Client, FolderLock, FrontEvents, FrontTicks, Server};

/// How long to wait for a holder that does not listen: it may be starting, or ending with up to 5 s for parts
/// in flight.
const GAP: Duration = Duration::from_secs(15);
/// When to report that wait: later than an orderly shutdown takes.
const GAP_TOLD: Duration = Duration::from_secs(7);
/// Interval between attempts meanwhile.
const GAP_PAUSE: Duration = Duration::from_millis(50);

/// One front end's hold on a data folder.
pub struct Front<A: Answers = App>(Side<A>);

enum Side<A: Answers> {
    Holder { app: A, server: Server, on_show: OnShow },
    Guest(Client),
}

impl<A: Answers> Front<A> {
    /// Takes the folder's lock, opens the app and serves it, or connects to the process that holds the lock.
    /// While a holder is just starting or ending, retries for some seconds. `on_show` is called in the holder
    /// when another front end asks it to come forward, or to show a message in its window; it returns `false`
    /// if there is no window.
    ///
    /// # Errors
    /// The folder or its socket cannot be used, the app cannot be opened, or a holder does not answer.
    pub async fn open<M, F>(
        data_dir: &Path,
        make_app: M,
        on_show: impl Fn(Option<ApiError>) -> bool + Send + Sync + 'static,
    ) -> Result<Self, BridgeError>
    where
        M: FnOnce() -> F,
        F: Future<Output = Result<A, OpenError>>,
    {
        Self::open_telling(data_dir, make_app, on_show, |_| {}).await
    }

    /// Like [`open`](Self::open). `on_silence` is called with `true` when the holder has answered nothing at
    /// all for 5 s while a request was open, or has held the folder for 7 s without listening, for example
    /// because it is suspended; and with `false` when it answers again. This still waits for it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_telling<M, F>(
        data_dir: &Path,
        make_app: M,
        on_show: impl Fn(Option<ApiError>) -> bool + Send + Sync + 'static,
        on_silence: impl Fn(bool) + Send + Sync + 'static,
    ) -> Result<Self, BridgeError>
    where
        M: FnOnce() -> F,
        F: Future<Output = Result<A, OpenError>>,
    {
        Self::open_within(GAP, data_dir, make_app, on_show, Arc::new(on_silence)).await
    }

    async fn open_within<M, F>(
        gap: Duration,
        data_dir: &Path,
        make_app: M,
        on_show: impl Fn(Option<ApiError>) -> bool + Send + Sync + 'static,
        on_silence: OnSilence,
    ) -> Result<Self, BridgeError>
    where
        M: FnOnce() -> F,
        F: Future<Output = Result<A, OpenError>>,
    {
        let begun = Instant::now();
        let mut told = false;
        loop {
            if let Some(lock) = FolderLock::take(data_dir)? {
                let app = make_app().await?;
                let on_show: OnShow = Arc::new(on_show);
                let show = Arc::clone(&on_show);
                let server = Server::start(app.clone(), lock, move |what| show(what))?;
                return Ok(Self(Side::Holder { app, server, on_show }));
            }
            if let Some(client) = Client::connect_telling(data_dir, Arc::clone(&on_silence)).await? {
                if told {
                    on_silence(false);
                }
                return Ok(Self(Side::Guest(client)));
            }
            if begun.elapsed() >= gap {
                return Err(BridgeError::NobodyAnswers(data_dir.to_path_buf()));
            }
            if begun.elapsed() >= GAP_TOLD && !std::mem::replace(&mut told, true) {
                on_silence(true);
            }
            sleep(GAP_PAUSE).await;
        }
    }

    /// Whether this process holds the folder and runs the engine.
    #[must_use]
    pub fn is_holder(&self) -> bool {
        matches!(self.0, Side::Holder { .. })
    }

    /// Sends a request.
    ///
    /// # Errors
    /// [`AskError::Api`] with a sentence, or [`AskError::HolderGone`]: open the folder again, and ask again.
    pub async fn ask(&self, request: Request) -> Result<Answer, AskError> {
        match &self.0 {
            Side::Guest(client) => client.ask(request).await,
            Side::Holder { app, on_show, .. } => {
                let shown = match request {
                    Request::Show => on_show(None),
                    Request::Tell { what } => on_show(Some(what)),
                    Request::Ping => true,
                    request => return Ok(app.ask(request).await?),
                };
                if shown { Ok(Answer::Ok) } else { Err(no_window().into()) }
            }
        }
    }

    /// Subscribes to events; the effects of later requests are included.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub async fn follow(&self) -> Result<FrontEvents<A>, AskError> {
        match &self.0 {
            Side::Holder { app, .. } => Ok(FrontEvents::Own(app.follow())),
            Side::Guest(client) => client.follow().await.map(FrontEvents::Theirs),
        }
    }

    /// Watches a look for changes.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub async fn watch(&self, look: Look) -> Result<FrontTicks<A>, AskError> {
        match &self.0 {
            Side::Holder { app, .. } => Ok(FrontTicks::Own(app.watch(look))),
            Side::Guest(client) => client.watch(look).await.map(FrontTicks::Theirs),
        }
    }

    /// Resolves when the holder stops answering altogether; never if this is the holder. One that is only
    /// busy with a request does not count.
    pub async fn silent(&self) {
        match &self.0 {
            Side::Holder { .. } => std::future::pending().await,
            Side::Guest(client) => client.silent().await,
        }
    }

    /// How many other front ends follow events here; 0 if this is not the holder.
    #[must_use]
    pub fn clients_following(&self) -> usize {
        match &self.0 {
            Side::Holder { server, .. } => *server.following().borrow(),
            Side::Guest(_) => 0,
        }
    }

    /// Waits until no other front end follows; returns at once if this is not the holder.
    pub async fn until_nobody_follows(&self) {
        if let Side::Holder { server, .. } = &self.0 {
            // An error means that the server is gone, along with all followers.
            let _ = server.following().wait_for(|count| *count == 0).await;
        }
    }

    /// Shuts down in order. The holder disconnects the others, gives parts in flight `grace`, closes the
    /// journal, and only then releases the folder.
    pub async fn close(self, grace: Duration) {
        if let Side::Holder { app, server, .. } = self.0 {
            let lock = server.stop().await;
            app.close(grace).await;
            drop(lock);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lock_without_anybody_behind_it_ends_in_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let _lock = FolderLock::take(folder.path()).unwrap().unwrap();
        let never = || async { panic!("the folder is held") };
        let opened =
            Front::<App>::open_within(GAP_PAUSE, folder.path(), never, |_| false, Arc::new(|_| {})).await;
        assert!(matches!(opened, Err(BridgeError::NobodyAnswers(_))));
    }
}
