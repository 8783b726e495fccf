//! Queries: pages of the list, sums, the details of a job.

use std::collections::HashMap;

use partway_core::{Hold, PartReceipt};

use super::Engine;
use crate::journal::batches::{self, BatchCount};
use crate::journal::list::{self, Show, Sums};
use crate::journal::{JournalError, events, jobs, needs, sessions};
use crate::log::Log;
use crate::progress::LiveView;
use crate::record::{Batch, BatchId, DestinationId, Job, JobId};
use crate::refusal::Refusal;

/// The details of one job.
#[derive(Debug, Clone)]
pub struct JobDetail {
    /// The job.
    pub job: Job,
    /// Which parts are confirmed, in order.
    pub confirmed: Vec<bool>,
    /// Confirmed parts whose checksum was compared and matched.
    pub compared: u32,
    /// When the open session expires, Unix seconds.
    pub session_until: Option<u64>,
    /// Sessions that the vendor still keeps and cannot abort: their expiry, Unix seconds.
    pub left_behind: Vec<Option<u64>>,
    /// History, newest first, with Unix milliseconds.
    pub log: Vec<(i64, Log)>,
}

impl Engine {
    /// A page of the list.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn window(&self, show: Show, offset: u32, limit: u32) -> Result<Vec<Job>, JournalError> {
        self.0.journal.read(move |conn| list::window(conn, show, offset, limit)).await
    }

    /// Jobs in the order they were added, after `after`: for scripts.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn page(&self, after: i64, limit: u32) -> Result<Vec<Job>, JournalError> {
        self.0.journal.read(move |conn| list::page(conn, after, limit)).await
    }

    /// Counts and sums over all jobs.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn sums(&self) -> Result<Sums, JournalError> {
        self.0.journal.read(list::sums).await
    }

    /// One job.
    ///
    /// # Errors
    /// [`Refusal::NotThere`].
    pub async fn job(&self, id: &JobId) -> Result<Job, Refusal> {
        self.0.job(id).await
    }

    /// Ids that begin or end with `text`.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn find(&self, text: &str) -> Result<Vec<JobId>, JournalError> {
        let text = text.to_lowercase();
        self.0.journal.read(move |conn| jobs::find(conn, &text)).await
    }

    /// The ids of a batch's jobs.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn jobs_of(&self, batch: &BatchId) -> Result<Vec<JobId>, JournalError> {
        let batch = batch.clone();
        self.0.journal.read(move |conn| jobs::of_batch(conn, &batch)).await
    }

    /// How many waiting jobs are ahead of this one (0: it is next).
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn ahead(&self, position: i64) -> Result<u32, JournalError> {
        self.0.journal.read(move |conn| jobs::ahead(conn, position)).await
    }

    /// How many open jobs of a destination have a hold.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn held(&self, hold: Hold, destination: &DestinationId) -> Result<u32, JournalError> {
        let destination = destination.clone();
        self.0.journal.read(move |conn| jobs::count_held(conn, hold, &destination)).await
    }

    /// Batches with undecided name conflicts at the destination: the destination and the number of files of
    /// each.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn names_taken(&self) -> Result<Vec<(BatchId, DestinationId, u32)>, JournalError> {
        self.0.journal.read(needs::names_taken).await
    }

    /// Batches that are counting down, with their job count and bytes.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn counting_down(&self) -> Result<Vec<(Batch, BatchCount)>, JournalError> {
        self.0
            .journal
            .read(|conn| {
                let batches = batches::counting_down(conn)?;
                batches
                    .into_iter()
                    .map(|batch| Ok((batches::count(conn, &batch.id)?, batch)))
                    .map(|r| r.map(|(c, b)| (b, c)))
                    .collect()
            })
            .await
    }

    /// The details of a job.
    ///
    /// # Errors
    /// [`Refusal::NotThere`].
    pub async fn detail(&self, id: &JobId) -> Result<JobDetail, Refusal> {
        let (wanted, now_s) = (id.clone(), u64::try_from(self.0.clock.unix_ms() / 1000).unwrap_or(0));
        let detail = self
            .0
            .journal
            .read(move |conn| {
                let Some(job) = jobs::get(conn, &wanted)? else { return Ok(None) };
                let session = sessions::current(conn, &wanted)?;
                let receipts: Vec<PartReceipt> = match sessions::newest(conn, &wanted)? {
                    Some(session) => sessions::receipts(conn, session)?,
                    None => Vec::new(),
                };
                let mut confirmed = vec![false; job.plan.map_or(0, |plan| plan.count() as usize)];
                for receipt in &receipts {
                    if let Some(slot) = confirmed.get_mut(receipt.number.get() as usize - 1) {
                        *slot = true;
                    }
                }
                let compared = receipts.iter().filter(|receipt| receipt.compared).count();
                Ok(Some(JobDetail {
                    confirmed,
                    compared: u32::try_from(compared).unwrap_or(u32::MAX),
                    session_until: session.and_then(|session| session.session.expires_at),
                    left_behind: sessions::left_behind(conn, &wanted, now_s)?,
                    log: events::newest(conn, &wanted, 50)?,
                    job,
                }))
            })
            .await?;
        detail.ok_or_else(|| Refusal::NotThere(format!("job {id}")))
    }

    /// Snapshots of all running jobs; never more than there are permits.
    #[must_use]
    pub fn live(&self) -> HashMap<JobId, LiveView> {
        let at = self.0.clock.steady();
        self.0.active().iter().map(|(id, active)| (id.clone(), active.live.view(at))).collect()
    }
}
