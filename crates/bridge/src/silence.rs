//! Detects a holder that answers nothing at all: it is suspended or frozen, and waiting users should know.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use partway_api::Answer;
use tokio::sync::{Mutex, watch};
use tokio::time::{sleep, timeout};

use crate::AskError;

/// How long an answer may take before the holder is pinged. With [`PINGS`] times [`PING_WAIT`] it adds up to
/// the 5 s after which silence is reported.
const PATIENCE: Duration = Duration::from_secs(3);
/// Pings are answered from memory at once; this allows for a computer under load.
const PING_WAIT: Duration = Duration::from_millis(500);
/// How many such waits are needed: this process may itself have been suspended, and then its clock says
/// nothing about the holder.
const PINGS: u32 = 4;

/// Called with `true` when a holder stops answering, and with `false` when it answers again.
pub(crate) type OnSilence = Arc<dyn Fn(bool) + Send + Sync>;

/// The silence state of one holder.
pub(crate) struct Silence {
    silent: watch::Sender<bool>,
    /// Limits a connection to one ping, however many wait: a suspended holder receives every ping when it
    /// continues.
    pinging: Mutex<()>,
    on_silence: OnSilence,
}

impl Silence {
    pub(crate) fn new(on_silence: OnSilence) -> Self {
        Self { silent: watch::Sender::new(false), pinging: Mutex::new(()), on_silence }
    }

    /// Ends the silence: the holder was heard.
    pub(crate) fn end(&self) {
        self.set(false);
    }

    fn set(&self, silent: bool) {
        if self.silent.send_if_modified(|was| std::mem::replace(was, silent) != silent) {
            (self.on_silence)(silent);
        }
    }

    /// Watches until dropped, while an answer is pending. `swallowed` returns whether the holder may not even
    /// read a ping, so that a missing answer proves nothing.
    pub(crate) async fn watch<F>(&self, ping: impl Fn() -> F, swallowed: impl Fn() -> bool) -> Infallible
    where
        F: Future<Output = Result<Answer, AskError>>,
    {
        sleep(PATIENCE).await;
        self.look(ping, swallowed).await
    }

    async fn look<F>(&self, ping: impl Fn() -> F, swallowed: impl Fn() -> bool) -> Infallible
    where
        F: Future<Output = Result<Answer, AskError>>,
    {
        loop {
            let one = self.pinging.lock().await;
            let mut answer = pin!(ping());
            let mut waits = 0;
            let answer = loop {
                match timeout(PING_WAIT, &mut answer).await {
                    Ok(answer) => break answer,
                    Err(_) if waits + 1 < PINGS => waits += 1,
                    Err(_) => {
                        if !swallowed() {
                            self.set(true);
                        }
                        break answer.await;
                    }
                }
            };
            if let Err(AskError::HolderGone) = answer {
                // The waiting requests fail by themselves.
                return std::future::pending().await;
            }
            drop(one);
            sleep(PATIENCE).await;
        }
    }

    /// Pings at once, and resolves when a silence begins.
    pub(crate) async fn begun<F>(&self, ping: impl Fn() -> F, swallowed: impl Fn() -> bool)
    where
        F: Future<Output = Result<Answer, AskError>>,
    {
        let mut silent = self.silent.subscribe();
        tokio::select! {
            biased;
            // Never fails: `self` owns the sender.
            _ = silent.wait_for(|silent| *silent) => {}
            never = self.look(ping, swallowed) => match never {},
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::PoisonError;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::time::Instant;

    use super::*;

    /// What was reported, and when since the start.
    type Told = Arc<std::sync::Mutex<Vec<(bool, Duration)>>>;

    fn silence() -> (Arc<Silence>, Told) {
        let (told, begun) = (Told::default(), Instant::now());
        let kept = Arc::clone(&told);
        let on_silence = move |silent| {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push((silent, begun.elapsed()));
        };
        (Arc::new(Silence::new(Arc::new(on_silence))), told)
    }

    async fn watched(silence: &Silence, ping: impl Future<Output = Result<Answer, AskError>> + Clone) {
        let watch = silence.watch(|| ping.clone(), || false);
        let _ = timeout(Duration::from_secs(3600), watch).await;
    }

    /// A ping without an answer; counts the calls.
    fn never(count: &AtomicUsize) -> impl Future<Output = Result<Answer, AskError>> + use<> {
        count.fetch_add(1, Ordering::Relaxed);
        std::future::pending()
    }

    #[tokio::test(start_paused = true)]
    async fn after_5_s_without_any_answer_it_is_told_once_and_again_when_it_is_heard() {
        let (silence, told) = silence();
        watched(&silence, std::future::pending()).await;
        assert_eq!(*told.lock().unwrap(), [(true, Duration::from_secs(5))]);
        silence.end();
        silence.end();
        assert_eq!(told.lock().unwrap()[1..], [(false, Duration::from_secs(3600))]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_answers_a_ping_is_only_busy_also_where_it_does_not_know_pings() {
        let (silence, told) = silence();
        watched(&silence, std::future::ready(Ok(Answer::Ok))).await;
        let refused =
            partway_api::ApiError::new(partway_api::Code::Refused, "This request is not understood.");
        watched(&silence, std::future::ready(Err(refused.into()))).await;
        assert!(told.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_ping_that_may_not_be_read_says_nothing_nor_does_a_holder_that_is_gone() {
        let (silence, told) = silence();
        let watch = silence.watch(std::future::pending, || true);
        timeout(Duration::from_secs(60), watch).await.unwrap_err();
        watched(&silence, std::future::ready(Err(AskError::HolderGone))).await;
        assert!(told.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_wait_there_is_one_ping_and_one_word() {
        let (silence, told) = silence();
        let pings = AtomicUsize::new(0);
        let watch = || silence.watch(|| never(&pings), || false);
        let all = async { tokio::join!(watch(), watch(), watch()) };
        timeout(Duration::from_secs(3600), all).await.unwrap_err();
        assert_eq!(pings.load(Ordering::Relaxed), 1);
        assert_eq!(told.lock().unwrap().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn asked_for_its_beginning_it_is_looked_at_once() {
        let (silence, _) = silence();
        let begun = Instant::now();
        silence.begun(std::future::pending, || false).await;
        assert_eq!(begun.elapsed(), Duration::from_secs(2));
        silence.begun(std::future::pending, || false).await;
        assert_eq!(begun.elapsed(), Duration::from_secs(2));
    }
}
