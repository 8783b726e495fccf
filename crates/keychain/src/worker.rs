//! One thread for all that may block on the keychain, and a bound on how long anybody waits for it.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::KeychainError;

type Job = Box<dyn FnOnce() + Send>;

/// A thread that does one job after the other; it ends when this value goes (after the job it is at).
pub(crate) struct Worker {
    jobs: mpsc::Sender<Job>,
    timeout: Duration,
}

impl Worker {
    /// Starts the thread.
    pub(crate) fn start(timeout: Duration) -> Result<Self, KeychainError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || queue.into_iter().for_each(|job| job()))
            .map_err(|error| KeychainError::Refused { why: error.to_string() })?;
        Ok(Self { jobs, timeout })
    }

    /// Does a job on the thread and waits for it until the time-out.
    ///
    /// A job that has not begun by then is never done: a key that the user was told is not kept must not appear later.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let (answer, waiting) = oneshot::channel();
        let job: Job = Box::new(move || {
            if !answer.is_closed() {
                // Nobody waits any more: there is nobody to tell.
                drop(answer.send(job()));
            }
        });
        let gone = || KeychainError::Refused { why: "its thread has ended".to_owned() };
        self.jobs.send(job).map_err(|_| gone())?;
        match tokio::time::timeout(self.timeout, waiting).await {
            Ok(answer) => answer.map_err(|_| gone())?,
            Err(_) => Err(KeychainError::Slow),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn whoever_waits_too_long_is_told_and_his_job_is_never_done() {
        let worker = Worker::start(Duration::from_millis(50)).unwrap();
        let (go_on, blocked) = mpsc::channel::<()>();
        let blocking = worker.run(move || {
            blocked.recv().unwrap_err(); // until the sender goes
            Ok(())
        });
        assert_eq!(blocking.await, Err(KeychainError::Slow));
        let done = Arc::new(AtomicBool::new(false));
        let mark = Arc::clone(&done);
        let waiting = worker.run(move || {
            mark.store(true, Ordering::SeqCst);
            Ok(())
        });
        assert_eq!(waiting.await, Err(KeychainError::Slow));
        drop(go_on);
        // The queue is in order: when this one is done, the one before it had its turn.
        assert_eq!(worker.run(|| Ok(7)).await, Ok(7));
        assert!(!done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_job_that_ends_the_thread_is_a_refusal() {
        let worker = Worker::start(Duration::from_secs(10)).unwrap();
        let ending = worker.run::<()>(|| std::panic::resume_unwind(Box::new("gone")));
        assert!(matches!(ending.await, Err(KeychainError::Refused { .. })));
        assert!(matches!(worker.run(|| Ok(())).await, Err(KeychainError::Refused { .. })));
    }
}
