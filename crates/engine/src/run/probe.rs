//! After a service rejects a part, the job's parts are retried one at a time: what fails for one is likely
//! to fail for all, and each attempt costs its bytes. As soon as one succeeds, all continue.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard, watch};

/// Shared by the parts of one run.
#[derive(Debug, Default)]
pub(super) struct Probe {
    alone: Arc<Mutex<()>>,
    through: watch::Sender<u64>,
    over: watch::Sender<bool>,
}

/// The right to retry, returned on drop.
#[derive(Debug)]
pub(super) struct Probing {
    _alone: OwnedMutexGuard<()>,
}

impl Probe {
    /// Waits until no other part is being retried, or until one succeeds. Cancel-safe.
    pub(super) async fn turn(&self) -> Option<Probing> {
        let mut through = self.through.subscribe();
        tokio::select! {
            biased;
            alone = Arc::clone(&self.alone).lock_owned() => Some(Probing { _alone: alone }),
            _ = through.changed() => None,
        }
    }

    /// The run is about to end: parts in flight may finish, but nothing is retried.
    pub(super) fn over(&self) {
        self.over.send_replace(true);
    }

    /// Resolves once nothing may be retried any more. Cancel-safe.
    pub(super) async fn until_over(&self) {
        // The sender lives as long as this value.
        let _ = self.over.subscribe().wait_for(|over| *over).await;
    }

    /// A part succeeded.
    pub(super) fn went_through(&self) {
        self.through.send_modify(|times| *times += 1);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_tries_and_the_others_wait_until_it_went_through() {
        let probe = Arc::new(Probe::default());
        let first = probe.turn().await;
        assert!(first.is_some());
        let second = tokio::spawn({
            let probe = Arc::clone(&probe);
            async move { probe.turn().await.is_some() }
        });
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(!second.is_finished(), "it waits");
        probe.went_through();
        let second = tokio::time::timeout(Duration::from_secs(60), second).await.unwrap();
        assert!(!second.unwrap(), "it goes with all others, not alone");
    }

    #[tokio::test(start_paused = true)]
    async fn once_it_is_over_that_is_known_to_whoever_asks_later() {
        let probe = Probe::default();
        assert!(tokio::time::timeout(Duration::from_secs(60), probe.until_over()).await.is_err());
        probe.over();
        probe.until_over().await;
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_ends_hands_its_turn_on() {
        let probe = Probe::default();
        drop(probe.turn().await);
        assert!(probe.turn().await.is_some());
    }
}
