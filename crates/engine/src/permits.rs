//! Permits: the right to run a job or to send one part, returned on drop.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use partway_core::Line;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::gate::{Gate, Pass};

/// Concurrency limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Jobs with a permit, and so open sessions being sent.
    pub jobs: usize,
    /// Parts in flight in the whole process.
    pub parts: usize,
    /// Parts in flight to one host.
    pub parts_per_host: usize,
    /// Parts in flight of one job.
    pub parts_per_job: usize,
    /// Initial limit of parts in flight to a host, as long as they finish in time on its line; one if
    /// nothing is known about the line and a part is large.
    pub parts_at_first: usize,
}

impl Default for Bounds {
    /// Sixteen connections fill a long-distance line with some loss, where four reach a third of it
    /// (docs/decisions: far links). Each holds at most two blocks, so the total stays below 10 MiB. Eight
    /// jobs keep a queue of small files moving. A line carries two parts as soon as that delays none, so
    /// that one is sent while the other awaits its answer, and gets more if that pays off.
    fn default() -> Self {
        Self { jobs: 8, parts: 16, parts_per_host: 64, parts_per_job: 16, parts_at_first: 2 }
    }
}

/// The right to run one job.
#[derive(Debug)]
pub(crate) struct JobPermit {
    _permit: OwnedSemaphorePermit,
}

/// The right to send one part of one job to one host.
#[derive(Debug)]
pub(crate) struct PartPermit {
    _process: OwnedSemaphorePermit,
    _host: Pass,
}

/// Issues permits, first come, first served.
#[derive(Debug)]
pub(crate) struct Permits {
    bounds: Bounds,
    jobs: Arc<Semaphore>,
    parts: Arc<Semaphore>,
    parts_now: Mutex<usize>,
    hosts: Mutex<HashMap<String, Host>>,
}

/// One host: its share, which shrinks on throttling and grows back as parts succeed, and the line to it.
#[derive(Debug)]
struct Host {
    gate: Arc<Gate>,
    share: usize,
    through: usize,
    line: Line,
}

impl Host {
    fn new(bounds: Bounds, parts: usize) -> Self {
        let share = bounds.parts_per_host.max(1);
        let line = Line::new(bounds.parts_at_first, parts.min(share));
        Self { gate: Gate::new(share.min(line.limit())), share, through: 0, line }
    }

    /// Applies the smaller of share and line limit.
    fn adjust(&mut self) {
        self.gate.set_allowed(self.share.min(self.line.limit()));
    }
}

impl Permits {
    /// Creates permits with these limits; a limit of 0 counts as 1, or nothing would ever move.
    #[must_use]
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            jobs: Arc::new(Semaphore::new(bounds.jobs.max(1))),
            parts: Arc::new(Semaphore::new(bounds.parts.max(1))),
            parts_now: Mutex::new(bounds.parts.max(1)),
            hosts: Mutex::new(HashMap::new()),
        }
    }

    /// The configured limits.
    #[must_use]
    pub(crate) const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// How many more jobs could run now.
    #[must_use]
    pub(crate) fn free_jobs(&self) -> usize {
        self.jobs.available_permits()
    }

    /// A permit for a job, if one is free.
    #[must_use]
    pub(crate) fn try_job(&self) -> Option<JobPermit> {
        Arc::clone(&self.jobs).try_acquire_owned().ok().map(|permit| JobPermit { _permit: permit })
    }

    /// Waits for a part permit. The host's comes first: a part that waits for a crowded host must not hold
    /// one of the process.
    pub(crate) async fn part(&self, host: &str) -> Option<PartPermit> {
        let host = self.host(host).pass().await;
        let process = Arc::clone(&self.parts).acquire_owned().await.ok()?;
        Some(PartPermit { _process: process, _host: host })
    }

    /// Changes the process-wide limit of parts in flight, without stopping any.
    pub(crate) fn set_parts(&self, parts: usize) {
        let mut now = self.parts_now.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, parts) = (*now, parts.max(1));
        *now = parts;
        for host in self.hosts().values_mut() {
            host.line.set_most(parts.min(self.bounds.parts_per_host.max(1)));
            host.adjust();
        }
        if parts > before {
            self.parts.add_permits(parts - before);
        } else {
            give_back(&self.parts, before - parts);
        }
    }

    /// The limit of parts in flight per job: the process-wide one, if the user raised that above the
    /// default.
    #[must_use]
    pub(crate) fn parts_per_job(&self) -> usize {
        let parts = *self.parts_now.lock().unwrap_or_else(PoisonError::into_inner);
        let usual = self.bounds.parts_per_job.max(1);
        if parts > self.bounds.parts { usual.max(parts) } else { usual }
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn host(&self, host: &str) -> Arc<Gate> {
        let parts = *self.parts_now.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hosts = self.hosts();
        let made = || Host::new(self.bounds, parts);
        Arc::clone(&hosts.entry(host.to_owned()).or_insert_with(made).gate)
    }

    /// Reads or updates the line to a host, then applies its limit. `None` if nothing was ever sent there.
    pub(crate) fn line<T>(&self, host: &str, with: impl FnOnce(&mut Line) -> T) -> Option<T> {
        let mut hosts = self.hosts();
        let host = hosts.get_mut(host)?;
        let outcome = with(&mut host.line);
        host.adjust();
        Some(outcome)
    }

    /// The host is throttling: halves its share.
    pub(crate) fn slow_down(&self, host: &str) {
        let parts = *self.parts_now.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hosts = self.hosts();
        let Some(host) = hosts.get_mut(host) else { return };
        // Half of what was really usable, not of a share that the process-wide limit never reaches.
        let used = host.gate.allowed().min(parts);
        (host.share, host.through) = ((used / 2).max(1), 0);
        host.adjust();
    }

    /// A part succeeded: after as many as the share, the share grows by one (as TCP recovers its rate, RFC
    /// 5681).
    pub(crate) fn went_through(&self, host: &str) {
        let mut hosts = self.hosts();
        let Some(host) = hosts.get_mut(host).filter(|host| host.share < self.bounds.parts_per_host) else {
            return;
        };
        host.through += 1;
        if host.through >= host.share {
            (host.share, host.through) = (host.share + 1, 0);
            host.adjust();
        }
    }

    /// The current limit of parts in flight to that host.
    #[cfg(test)]
    fn share_of(&self, host: &str) -> usize {
        self.hosts().get(host).map_or(1, |host| host.gate.allowed())
    }
}

/// Removes permits from a semaphore; those in use are withheld as they return.
fn give_back(semaphore: &Arc<Semaphore>, permits: usize) {
    let (semaphore, back) = (Arc::clone(semaphore), u32::try_from(permits).unwrap_or(u32::MAX));
    tokio::spawn(async move {
        if let Ok(permits) = semaphore.acquire_many_owned(back).await {
            permits.forget();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_permit_comes_back_when_it_is_dropped() {
        let permits = Permits::new(Bounds { jobs: 1, ..Bounds::default() });
        let first = permits.try_job().unwrap();
        assert!(permits.try_job().is_none());
        drop(first);
        assert!(permits.try_job().is_some());
    }

    #[tokio::test]
    async fn a_crowded_host_does_not_keep_another_one_waiting() {
        let permits = Permits::new(Bounds { parts: 3, parts_per_host: 1, ..Bounds::default() });
        let _a = permits.part("a").await.unwrap();
        let waiting = permits.part("a");
        tokio::pin!(waiting);
        assert!(futures_poll_once(waiting.as_mut()).await.is_none(), "one host, one part");
        assert!(permits.part("b").await.is_some());
    }

    #[tokio::test]
    async fn a_job_is_bounded_until_the_user_wants_more_than_is_usual() {
        let permits = Permits::new(Bounds { parts: 4, parts_per_job: 2, ..Bounds::default() });
        assert_eq!(permits.parts_per_job(), 2);
        permits.set_parts(9);
        assert_eq!(permits.parts_per_job(), 9);
        permits.set_parts(1);
        assert_eq!(permits.parts_per_job(), 2);
    }

    #[tokio::test]
    async fn a_throttled_host_gets_half_and_grows_back_part_by_part() {
        let permits = Permits::new(Bounds { parts_per_host: 8, parts_at_first: 8, ..Bounds::default() });
        for host in ["a", "b"] {
            drop(permits.part(host).await);
            permits.line(host, |line| line.begin(std::time::Duration::ZERO, 1));
        }
        permits.slow_down("a");
        permits.slow_down("a");
        assert_eq!((permits.share_of("a"), permits.share_of("b")), (2, 8));
        tokio::task::yield_now().await;
        let held = (permits.part("a").await, permits.part("a").await);
        let third = permits.part("a");
        tokio::pin!(third);
        assert!(futures_poll_once(third.as_mut()).await.is_none());
        permits.went_through("a");
        permits.went_through("a");
        assert_eq!(permits.share_of("a"), 3);
        assert!(third.await.is_some());
        drop(held);
    }

    async fn futures_poll_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
        std::future::poll_fn(|cx| {
            std::task::Poll::Ready(match future.as_mut().poll(cx) {
                std::task::Poll::Ready(value) => Some(value),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
