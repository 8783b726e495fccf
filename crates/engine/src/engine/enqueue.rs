//! Takes in a batch: first the batch, then its files in commits of limited size, so that receipts need not
//! wait for all of them.
//!
//! A batch does not exist for others until its last file is in: none of it starts, it is not announced, and
//! it does not end. If the process ends before that, the next start removes it as if it had never been
//! dropped.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use partway_core::{Hold, Holds, State};
use partway_provider::{Fields, IfExists};
use rusqlite::Connection;

use super::Engine;
use super::batch_ops::taken_in;
use crate::JournalError;
use crate::event::EngineEvent;
use crate::journal::{batches, destinations, events, fields, jobs, watched};
use crate::log::Log;
use crate::record::{Batch, BatchId, Destination, DestinationId, Job, JobId, WatchedId};
use crate::refusal::Refusal;
use crate::scan::{Found, Intake};
use crate::watched::Known;

/// Files per commit; takes some tens of milliseconds.
const CHUNK: usize = 1000;

/// The watched folder that files come from.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) watched: WatchedId,
    pub(super) root: PathBuf,
}

/// What all files of a batch share.
struct Common {
    batch: Batch,
    destination: Destination,
    set: Fields,
    date: String,
    holds: Holds,
    origin: Option<Origin>,
}

impl Engine {
    /// Takes files in for a destination, as a batch with an id from the caller. `countdown_ms` delays its
    /// start. If the id already exists, nothing is taken in again and the existing batch is returned, so
    /// that a caller that got no answer can retry.
    ///
    /// # Errors
    /// [`Refusal::NotThere`] for an unknown destination.
    pub async fn add_as(
        &self,
        id: BatchId,
        intake: Intake,
        destination: &DestinationId,
        folder: Option<String>,
        countdown_ms: Option<i64>,
    ) -> Result<(Batch, Vec<Job>), Refusal> {
        self.add_with(id, intake, destination, folder, countdown_ms, None).await
    }

    pub(super) async fn add_with(
        &self,
        id: BatchId,
        intake: Intake,
        destination: &DestinationId,
        folder: Option<String>,
        countdown_ms: Option<i64>,
        origin: Option<Origin>,
    ) -> Result<(Batch, Vec<Job>), Refusal> {
        let (engine, destination) = (self.clone(), destination.clone());
        // On a separate task: the caller may go away, and half a batch must not remain.
        let taking = tokio::spawn(async move {
            engine.take_in(id, intake, destination, folder, countdown_ms, origin).await
        });
        taking.await.unwrap_or(Err(Refusal::Journal(JournalError::Closed)))
    }

    async fn take_in(
        &self,
        id: BatchId,
        intake: Intake,
        destination: DestinationId,
        folder: Option<String>,
        countdown_ms: Option<i64>,
        origin: Option<Origin>,
    ) -> Result<(Batch, Vec<Job>), Refusal> {
        // Serialized: a caller that retries while its batch is being taken in gets the finished one.
        let _alone = self.0.intake.lock().await;
        let asked = id.clone();
        let before = self.0.journal.read(move |conn| taken_in(conn, &asked)).await?;
        if let Some(before) = before {
            return Ok(before);
        }
        let wanted = destination.clone();
        let found = self.0.journal.read(move |conn| destinations::get(conn, &wanted)).await?;
        let Some(destination) = found.filter(|found| !found.removed) else {
            return Err(Refusal::NotThere("such destination".into()));
        };
        // Left by an intake that could not be completed; nothing after it would start.
        if !self.0.journal.read(batches::half_taken_in).await?.is_empty() {
            self.0.journal.write(batches::remove_half_taken_in).await?;
        }
        let counts = countdown_ms.is_some();
        let batch = Batch {
            id,
            destination: destination.id.clone(),
            folder,
            left_out: intake.left_out,
            created_at: self.0.clock.unix_ms(),
            starts_at: None,
            finished_at: None,
        };
        let holds = if counts { Holds::NONE.with(Hold::Countdown) } else { Holds::NONE };
        let date = self.0.clock.date();
        let mut files = intake.files;
        if let Some(origin) = origin.clone() {
            files = self.0.journal.read(move |conn| only_new(conn, &origin, files)).await?;
            if files.is_empty() {
                return Ok((batch, Vec::new()));
            }
        }
        let common = Arc::new(Common { batch, destination, set: intake.set, date, holds, origin });
        let jobs = match self.write_all(&common, files, countdown_ms).await {
            Ok(jobs) => jobs,
            Err(error) => {
                let id = common.batch.id.clone();
                // If this cannot be written either, the next start does it.
                let _ = self.0.journal.write(move |conn| batches::remove(conn, &id)).await;
                return Err(error.into());
            }
        };
        let id = common.batch.id.clone();
        let batch = self.0.journal.read(move |conn| batches::get(conn, &id)).await?;
        let batch = batch.unwrap_or_else(|| common.batch.clone());
        self.0.tell(EngineEvent::Added { batch: Arc::new(batch.clone()), jobs: Arc::new(jobs.clone()) });
        self.0.wake.notify_one();
        Ok((batch, jobs))
    }

    async fn write_all(
        &self,
        common: &Arc<Common>,
        files: Vec<Found>,
        countdown_ms: Option<i64>,
    ) -> Result<Vec<Job>, JournalError> {
        let (expected, mut files) = (files.len(), files.into_iter());
        let mut all = Vec::with_capacity(expected);
        loop {
            let chunk: Vec<Found> = files.by_ref().take(CHUNK).collect();
            let (first, last) = (all.is_empty(), files.len() == 0);
            let (common, now) = (Arc::clone(common), self.0.clock.unix_ms());
            let written = self.0.journal.write(move |conn| {
                if first {
                    // Left by an intake that could not be completed.
                    batches::remove(conn, &common.batch.id)?;
                    batches::add(conn, &common.batch)?;
                    batches::set_expected(conn, &common.batch.id, Some(expected))?;
                }
                let jobs = add(conn, &common, chunk)?;
                if last {
                    batches::set_expected(conn, &common.batch.id, None)?;
                    batches::set_starts_at(conn, &common.batch.id, countdown_ms.map(|ms| now + ms))?;
                }
                Ok(jobs)
            });
            all.extend(written.await?);
            if last {
                return Ok(all);
            }
        }
    }
}

/// Drops files of a watched folder that were taken in since they were looked at. Runs while no other batch
/// is being taken in, so that none is sent twice.
fn only_new(conn: &Connection, origin: &Origin, files: Vec<Found>) -> Result<Vec<Found>, JournalError> {
    let mut new = Vec::with_capacity(files.len());
    for found in files {
        let file = below(&found.path, &origin.root);
        // By name alone: the disk check has already ruled out renamed and touched files.
        let known = watched::by_path(conn, &origin.watched, file, &found.seen())?;
        if matches!(known, None | Some(Known::New | Known::Touched(_))) {
            new.push(found);
        }
    }
    Ok(new)
}

fn below<'a>(path: &'a Path, root: &Path) -> &'a Path {
    path.strip_prefix(root).unwrap_or(path)
}

fn add(conn: &Connection, common: &Common, files: Vec<Found>) -> Result<Vec<Job>, JournalError> {
    let Common { batch, destination, set, date, holds, origin } = common;
    // The user may have decided for the whole batch meanwhile.
    let decided: Option<IfExists> = batches::if_exists(conn, &batch.id)?;
    let first = jobs::next_position(conn)?;
    let mut added = Vec::with_capacity(files.len());
    for (position, found) in (first..).zip(files) {
        let (seen, elsewhere) = (found.seen(), found.elsewhere);
        let file = fields::File { path: &found.path, name: &found.name, folders: &found.folders };
        let mut fields = fields::of(destination, set, batch.folder.as_deref(), file, date);
        fields.if_exists = decided.or(fields.if_exists);
        let job = Job {
            id: JobId::new(),
            batch: batch.id.clone(),
            destination: destination.id.clone(),
            position,
            path: found.path,
            name: found.name,
            identity: found.identity,
            mime: found.mime,
            hash: None,
            fields,
            folders: found.folders,
            state: State::Waiting,
            holds: *holds,
            detail: None,
            plan: None,
            confirmed: 0,
            parts_confirmed: 0,
            sessions_ended: 0,
            skipped: false,
            receipt: None,
            checksum: None,
            created_at: batch.created_at,
            started_at: None,
            finished_at: None,
        };
        jobs::add(conn, &job)?;
        if elsewhere {
            events::add(conn, batch.created_at, &job.id, &Log::Elsewhere { bytes: job.identity.size })?;
        }
        if let Some(Origin { watched, root }) = origin {
            watched::note(conn, watched, below(&job.path, root), &seen, Some(&job.id))?;
        }
        added.push(job);
    }
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;
    use crate::record::Standing;

    #[tokio::test]
    async fn what_is_decided_for_a_batch_while_it_comes_in_holds_for_those_to_come() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        std::fs::write(&file, "a").unwrap();
        let intake = crate::scan::look(&[file]);
        let destination = Destination {
            id: DestinationId("d".into()),
            name: "Acme".into(),
            kind: "made-up".into(),
            settings: "{}".into(),
            fields: Fields { if_exists: Some(IfExists::Overwrite), ..Fields::default() },
            key_source: "{}".into(),
            standing: Standing::Unknown,
            keeps: Default::default(),
            removed: false,
        };
        let batch = Batch {
            id: BatchId("b".into()),
            destination: destination.id.clone(),
            folder: None,
            left_out: Vec::new(),
            created_at: 0,
            starts_at: None,
            finished_at: None,
        };
        let (set, date) = (Fields::default(), String::new());
        let common = Common { batch, destination, set, date, holds: Holds::NONE, origin: None };
        let journal = Journal::open(&folder.path().join("data"), 0).unwrap().journal;
        let told = journal.write(move |conn| {
            destinations::add(conn, 0, &common.destination)?;
            batches::add(conn, &common.batch)?;
            let before = add(conn, &common, intake.files.clone())?;
            batches::set_if_exists(conn, &common.batch.id, IfExists::Skip)?;
            let after = add(conn, &common, intake.files)?;
            Ok([before, after].map(|jobs| jobs[0].fields.if_exists))
        });
        assert_eq!(told.await.unwrap(), [Some(IfExists::Overwrite), Some(IfExists::Skip)]);
        journal.close().await;
    }
}
