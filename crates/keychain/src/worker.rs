//! A thread for every call that may block on the keychain, with a timeout for those that wait.
//!
//! A call that does not return keeps its thread, which cannot be taken from it. So such a thread is
//! abandoned, and a fresh one with a new connection takes what comes next. Their number is limited: beyond
//! it, calls fail at once.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use keyring_core::CredentialStore;
use tokio::sync::oneshot;

use crate::KeychainError;
use crate::claim::{Claim, Waiting};

/// How many threads may hang in abandoned calls.
const MOST_LOST: usize = 3;

/// The connection of one thread, made when it is first needed.
pub(crate) type Connection = Option<Arc<CredentialStore>>;

type Job = Box<dyn FnOnce(&mut Connection, u64) + Send>;

/// Runs jobs one after the other on a thread, which ends when this value is dropped (after its current job).
pub(crate) struct Worker(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    /// The number of the thread that may take jobs; `None` if there is none.
    turn: Option<u64>,
    threads: u64,
    lost: usize,
    over: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.state().over = true;
        self.0.changed.notify_all();
    }
}

impl Worker {
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    /// Runs a job on the thread and waits for it until the timeout.
    ///
    /// A job that has not begun by then never runs: a key that was reported as not stored must not appear
    /// later.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        timeout: Duration,
        job: impl FnOnce(&mut Connection) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let (claim, job, answer) = offered(job);
        let waiting = Waiting(claim);
        self.enqueue(job)?;
        match tokio::time::timeout(timeout, answer).await {
            Ok(answer) => answer.map_err(|_| gone())?,
            Err(_) => {
                if let Some(number) = waiting.0.withdraw() {
                    self.give_up(number);
                }
                Err(KeychainError::Slow)
            }
        }
    }

    fn enqueue(&self, job: Job) -> Result<(), KeychainError> {
        let mut state = self.0.state();
        if state.turn.is_none() {
            if state.lost >= MOST_LOST {
                return Err(KeychainError::Slow);
            }
            start(&self.0, &mut state)?;
        }
        state.queue.push_back(job);
        drop(state);
        self.0.changed.notify_all();
        Ok(())
    }

    /// Abandons a thread that does not return: another one takes the queue.
    fn give_up(&self, number: u64) {
        let mut state = self.0.state();
        if state.turn != Some(number) {
            return;
        }
        state.turn = None;
        state.lost += 1;
        if state.lost < MOST_LOST && !state.queue.is_empty() {
            // If no thread can be started, the next call reports it.
            drop(start(&self.0, &mut state));
        }
    }
}

/// A job for the queue, which runs only if its thread claims it first.
fn offered<T: Send + 'static>(
    job: impl FnOnce(&mut Connection) -> Result<T, KeychainError> + Send + 'static,
) -> (Arc<Claim>, Job, oneshot::Receiver<Result<T, KeychainError>>) {
    let (answer, waiting) = oneshot::channel();
    let claim = Arc::new(Claim::default());
    let claimed = Arc::clone(&claim);
    let job: Job = Box::new(move |connection, number| {
        if claimed.begin(number) {
            // An error only means that the caller has stopped waiting.
            let _ = answer.send(job(connection));
        }
    });
    (claim, job, waiting)
}

fn start(shared: &Arc<Shared>, state: &mut State) -> Result<(), KeychainError> {
    state.threads += 1;
    let (number, shared) = (state.threads, Arc::clone(shared));
    thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || work(&shared, number))
        .map_err(|error| KeychainError::Refused { why: error.to_string() })?;
    state.turn = Some(number);
    Ok(())
}

fn gone() -> KeychainError {
    KeychainError::Refused { why: "its thread has ended".to_owned() }
}

fn work(shared: &Arc<Shared>, number: u64) {
    // Dropped also when a job ends the thread by panicking.
    let _leaving = Leaving(shared, number);
    let mut connection = None;
    loop {
        let mut state = shared.state();
        let job = loop {
            if state.over || state.turn != Some(number) {
                return;
            }
            match state.queue.pop_front() {
                Some(job) => break job,
                None => state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(state);
        job(&mut connection, number);
    }
}

struct Leaving<'a>(&'a Arc<Shared>, u64);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if state.turn == Some(self.1) {
            state.turn = None;
            // The caller of the job that ended the thread may have queued another before this.
            if !state.over && !state.queue.is_empty() {
                drop(start(self.0, &mut state));
            }
        } else {
            // It was abandoned, but returned after all.
            state.lost = state.lost.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;

    use super::*;

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(20);

    /// A job that hangs until the sender is dropped.
    async fn hang(worker: &Worker) -> mpsc::Sender<()> {
        let (go_on, blocked) = mpsc::channel::<()>();
        let hanging = worker.run(SHORT, move |_| {
            blocked.recv().unwrap_err();
            Ok(())
        });
        assert_eq!(hanging.await, Err(KeychainError::Slow));
        go_on
    }

    #[tokio::test]
    async fn a_thread_that_does_not_come_back_keeps_nobody_else() {
        let worker = Worker::new();
        let go_on = hang(&worker).await;
        assert_eq!(worker.run(LONG, |_| Ok(7)).await, Ok(7));
        drop(go_on);
    }

    #[tokio::test]
    async fn what_has_not_begun_in_time_is_never_done() {
        let worker = Worker::new();
        let (go_on, blocked) = mpsc::channel::<()>();
        let blocking = worker.run(LONG, move |_| {
            blocked.recv().unwrap_err();
            Ok(())
        });
        let done = Arc::new(AtomicBool::new(false));
        let mark = Arc::clone(&done);
        let waiting = async {
            let waited = worker.run(SHORT, move |_| {
                mark.store(true, Ordering::SeqCst);
                Ok(())
            });
            assert_eq!(waited.await, Err(KeychainError::Slow));
            drop(go_on);
        };
        let (blocked, ()) = tokio::join!(blocking, waiting);
        assert_eq!(blocked, Ok(()));
        // The queue is in order: when this one is done, the one before it had its turn.
        assert_eq!(worker.run(LONG, |_| Ok(7)).await, Ok(7));
        assert!(!done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn what_its_caller_has_dropped_is_never_done() {
        let worker = Worker::new();
        let (go_on, blocked) = mpsc::channel::<()>();
        let blocking = worker.run(LONG, move |_| {
            blocked.recv().unwrap_err();
            Ok(())
        });
        let done = Arc::new(AtomicBool::new(false));
        let mark = Arc::clone(&done);
        let dropping = async {
            let dropped = worker.run(LONG, move |_| {
                mark.store(true, Ordering::SeqCst);
                Ok(())
            });
            // It is polled once, and dropped.
            assert!(tokio::time::timeout(Duration::ZERO, dropped).await.is_err());
            drop(go_on);
        };
        let (blocked, ()) = tokio::join!(blocking, dropping);
        assert_eq!(blocked, Ok(()));
        assert_eq!(worker.run(LONG, |_| Ok(7)).await, Ok(7));
        assert!(!done.load(Ordering::SeqCst));
    }

    #[test]
    fn a_job_withdrawn_before_its_turn_does_not_run() {
        let (claim, job, mut answer) = offered(|_| Ok(7));
        assert_eq!(claim.withdraw(), None);
        job(&mut None, 3);
        assert!(answer.try_recv().is_err(), "it has run");
    }

    #[test]
    fn a_job_that_has_begun_tells_the_caller_its_thread() {
        let (tell, told) = mpsc::channel::<Arc<Claim>>();
        // The caller withdraws in the middle of the job.
        let (claim, job, mut answer) = offered(move |_| Ok(told.recv().unwrap().withdraw()));
        tell.send(Arc::clone(&claim)).unwrap();
        job(&mut None, 3);
        assert_eq!(answer.try_recv(), Ok(Ok(Some(3))));
        assert_eq!(claim.withdraw(), Some(3));
    }

    #[tokio::test]
    async fn threads_that_hang_are_few_and_one_that_comes_back_makes_room() {
        let worker = Worker::new();
        let mut hanging = Vec::new();
        for _ in 0..MOST_LOST {
            hanging.push(hang(&worker).await);
        }
        assert_eq!(worker.0.state().lost, MOST_LOST);
        // At once, not after the timeout.
        let told = tokio::time::timeout(LONG / 2, worker.run(LONG, |_| Ok(7))).await;
        assert_eq!(told, Ok(Err(KeychainError::Slow)));
        assert_eq!(worker.0.state().threads, MOST_LOST as u64, "not a thread more");
        hanging.pop();
        let again = async {
            while worker.run(LONG, |_| Ok(7)).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, again).await.unwrap();
    }

    #[tokio::test]
    async fn a_job_that_ends_its_thread_is_a_refusal_and_the_next_has_another() {
        let worker = Worker::new();
        let ending = worker.run::<()>(LONG, |_| std::panic::resume_unwind(Box::new("gone")));
        assert!(matches!(ending.await, Err(KeychainError::Refused { .. })));
        assert_eq!(worker.run(LONG, |_| Ok(7)).await, Ok(7));
    }
}
