//! What a front end holds: the app itself, or the way to the process that runs it.

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

/// How long a folder may be held by somebody who does not listen: one who is just starting, or ending with up to 5 s for parts in flight.
const GAP: Duration = Duration::from_secs(15);
/// So long into that gap without a word, which is more than an end in order takes; then it is told.
const GAP_TOLD: Duration = Duration::from_secs(7);
/// Between two looks during that gap.
const GAP_PAUSE: Duration = Duration::from_millis(50);

/// One front end's hold on a data folder.
pub struct Front<A: Answers = App>(Side<A>);

enum Side<A: Answers> {
    Holder { app: A, server: Server, on_show: OnShow },
    Guest(Client),
}

impl<A: Answers> Front<A> {
    /// Takes the folder's lock, makes the app and serves it; or connects to whoever holds the lock. In the gap where a holder is just
    /// starting or ending it tries again for some seconds. `on_show` is called in the holder when another front end asks it to show itself,
    /// or to tell something in its window, and says `false` where it has no window.
    ///
    /// # Errors
    /// Where the folder or its socket cannot be used, the app cannot be opened, or a holder does not answer.
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

    /// As [`open`](Self::open). `on_silence` is called with `true` where the holder has answered nothing at all for 5 s while something was
    /// asked of it, or holds the folder for 7 s and does not listen, because it is suspended, say; and with `false` when it answers again.
    /// It is waited for all the same.
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

    /// Asks.
    ///
    /// # Errors
    /// [`AskError::Api`] with a sentence, or [`AskError::HolderGone`]: open again, and ask again.
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

    /// What happens from now on: whatever is asked after this call is in it.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub async fn follow(&self) -> Result<FrontEvents<A>, AskError> {
        match &self.0 {
            Side::Holder { app, .. } => Ok(FrontEvents::Own(app.follow())),
            Side::Guest(client) => client.follow().await.map(FrontEvents::Theirs),
        }
    }

    /// What changes in that look from now on.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub async fn watch(&self, look: Look) -> Result<FrontTicks<A>, AskError> {
        match &self.0 {
            Side::Holder { app, .. } => Ok(FrontTicks::Own(app.watch(look))),
            Side::Guest(client) => client.watch(look).await.map(FrontTicks::Theirs),
        }
    }

    /// Waits until the holder answers nothing at all any more; for ever where this one is the holder. One that is only busy with what was
    /// asked of it does not end this.
    pub async fn silent(&self) {
        match &self.0 {
            Side::Holder { .. } => std::future::pending().await,
            Side::Guest(client) => client.silent().await,
        }
    }

    /// How many other front ends follow what happens here; 0 where this one is not the holder.
    #[must_use]
    pub fn clients_following(&self) -> usize {
        match &self.0 {
            Side::Holder { server, .. } => *server.following().borrow(),
            Side::Guest(_) => 0,
        }
    }

    /// Waits until nobody else follows; at once where this one is not the holder.
    pub async fn until_nobody_follows(&self) {
        if let Side::Holder { server, .. } = &self.0 {
            // An error means that the server is gone, and with it everybody who followed.
            let _ = server.following().wait_for(|count| *count == 0).await;
        }
    }

    /// Ends in order. The holder hangs up on the others, gives parts in flight `grace`, closes the journal, and only then lets the folder go.
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
