//! Permits: the right to run a job or to send one part, given back when the value is dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use partway_core::Line;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::gate::{Gate, Pass};

/// How many may go at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Jobs that have a permit, and so sessions that are open and being sent.
    pub jobs: usize,
    /// Parts in flight in the whole process.
    pub parts: usize,
    /// Parts in flight to one host.
    pub parts_per_host: usize,
    /// Parts in flight of one job.
    pub parts_per_job: usize,
    /// Parts in flight to a host wherever they are through in time on its line; one where nothing is known of it and a part is large.
    pub parts_at_first: usize,
}

impl Default for Bounds {
    /// Sixteen connections fill a far line with some loss where four reach a third of it (docs/decisions: far links); each holds at most
    /// two blocks, so the whole stays under 10 MiB. Eight jobs keep a queue of small files moving. A line carries two parts as soon
    /// as that makes none late, so that one goes while the other's answer is on its way, and gets more where that pays.
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

/// Gives permits out, first come first served.
#[derive(Debug)]
pub(crate) struct Permits {
    bounds: Bounds,
    jobs: Arc<Semaphore>,
    parts: Arc<Semaphore>,
    parts_now: Mutex<usize>,
    hosts: Mutex<HashMap<String, Host>>,
}

/// One host: its share, which shrinks when it asks for patience and grows back as parts go through, and the line to it.
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

    /// Share or line changed: as many as both allow.
    fn adjust(&mut self) {
        self.gate.set_allowed(self.share.min(self.line.limit()));
    }
}

impl Permits {
    /// All permits of those bounds; a bound of 0 counts as 1, or nothing would ever move.
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

    /// The bounds.
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

    /// Waits for a permit for a part. The host's comes first: whoever waits for a crowded host must not keep the process' permits.
    pub(crate) async fn part(&self, host: &str) -> Option<PartPermit> {
        let host = self.host(host).pass().await;
        let process = Arc::clone(&self.parts).acquire_owned().await.ok()?;
        Some(PartPermit { _process: process, _host: host })
    }

    /// Changes how many parts may go at once in the whole process; what is in flight is not stopped.
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

    /// How many parts of one job may go at once: all that may go at all, where the user wants more than is usual.
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

    /// Looks at the line to a host, or tells it something; how many may go at once follows. `None`: nothing was ever sent there.
    pub(crate) fn line<T>(&self, host: &str, with: impl FnOnce(&mut Line) -> T) -> Option<T> {
        let mut hosts = self.hosts();
        let host = hosts.get_mut(host)?;
        let outcome = with(&mut host.line);
        host.adjust();
        Some(outcome)
    }

    /// The host asked for patience: half as many parts at once from now on.
    pub(crate) fn slow_down(&self, host: &str) {
        let parts = *self.parts_now.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hosts = self.hosts();
        let Some(host) = hosts.get_mut(host) else { return };
        // Half of what could really go, not of a share that the whole process never uses.
        let used = host.gate.allowed().min(parts);
        (host.share, host.through) = ((used / 2).max(1), 0);
        host.adjust();
    }

    /// A part went through: after as many as go at once, one more may (the way TCP finds its rate back, RFC 5681).
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

    /// How many parts may go to that host at once now.
    #[cfg(test)]
    fn share_of(&self, host: &str) -> usize {
        self.hosts().get(host).map_or(1, |host| host.gate.allowed())
    }
}

/// Takes permits out of a semaphore; those that are out are kept back as they return.
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
