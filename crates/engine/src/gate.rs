//! A semaphore whose number of permits can drop at once: returned permits are withheld before any waiter
//! gets them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Admits a limited number of holders at once.
#[derive(Debug)]
pub(crate) struct Gate {
    count: Mutex<Count>,
    free: Notify,
}

#[derive(Debug)]
struct Count {
    through: usize,
    allowed: usize,
}

/// One place, returned when dropped.
#[derive(Debug)]
pub(crate) struct Pass(Arc<Gate>);

impl Gate {
    pub(crate) fn new(allowed: usize) -> Arc<Self> {
        Arc::new(Self { count: Mutex::new(Count { through: 0, allowed }), free: Notify::new() })
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many may hold a place at once.
    pub(crate) fn allowed(&self) -> usize {
        self.count().allowed
    }

    /// Changes how many may hold a place at once; existing holders keep theirs.
    pub(crate) fn set_allowed(&self, allowed: usize) {
        let more = {
            let mut count = self.count();
            let before = std::mem::replace(&mut count.allowed, allowed);
            allowed.saturating_sub(before)
        };
        (0..more).for_each(|_| self.free.notify_one());
    }

    /// Waits for a place.
    pub(crate) async fn pass(self: Arc<Self>) -> Pass {
        loop {
            let mut free = std::pin::pin!(self.free.notified());
            // Before the check, so that a place freed in between is not missed.
            free.as_mut().enable();
            if self.try_pass() {
                return Pass(Arc::clone(&self));
            }
            free.await;
        }
    }

    fn try_pass(&self) -> bool {
        let mut count = self.count();
        let is_free = count.through < count.allowed;
        count.through += usize::from(is_free);
        is_free
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let is_free = {
            let mut count = self.0.count();
            count.through = count.through.saturating_sub(1);
            count.through < count.allowed
        };
        if is_free {
            self.0.free.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(std::time::Duration::from_millis(1), future).await.ok()
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_back_after_the_number_fell_goes_to_nobody_who_waits() {
        let gate = Gate::new(2);
        let (first, second) = (Arc::clone(&gate).pass().await, Arc::clone(&gate).pass().await);
        let waits = tokio::spawn(Arc::clone(&gate).pass());
        tokio::task::yield_now().await;
        gate.set_allowed(1);
        drop(second);
        tokio::task::yield_now().await;
        assert!(!waits.is_finished(), "one is through, and one may be");
        drop(first);
        assert!(now(waits).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_as_wait_go_when_the_number_rises() {
        let gate = Gate::new(1);
        let _first = Arc::clone(&gate).pass().await;
        let waiting: Vec<_> = (0..3).map(|_| tokio::spawn(Arc::clone(&gate).pass())).collect();
        tokio::task::yield_now().await;
        gate.set_allowed(3);
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        assert_eq!(waiting.iter().filter(|waiting| waiting.is_finished()).count(), 2);
        assert_eq!(gate.allowed(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_given_to_one_who_left_goes_to_the_next() {
        let gate = Gate::new(1);
        let first = Arc::clone(&gate).pass().await;
        let left = tokio::spawn(Arc::clone(&gate).pass());
        let next = tokio::spawn(Arc::clone(&gate).pass());
        tokio::task::yield_now().await;
        drop(first);
        left.abort();
        assert!(now(next).await.is_some());
    }
}
