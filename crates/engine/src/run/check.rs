//! Before the first byte: is the file there, and is it the planned one?

use std::sync::Arc;

use md5::{Digest, Md5};
use partway_core::{Cause, FileIdentity};

use super::error::InTheWay;
use super::retry::wait_for;
use super::{Run, RunError};
use crate::drive;
use crate::job_file::{self, JobFile};
use crate::journal::{identity, sessions};
use crate::log::Log;
use crate::plain::{is_in_use, is_open_files, plain};
use crate::record::Job;
use crate::source::SourceError;
use crate::state::{EngineState, Stop};

/// Opens a job's file.
pub(super) async fn source(state: &EngineState, job: &Job) -> Result<Arc<JobFile>, RunError> {
    match JobFile::open(&state.drives, job).await {
        Ok(file) => Ok(Arc::new(file)),
        Err(error) => Err(halt(state, job, error).await),
    }
}

/// Maps a file error to the end of the run.
pub(super) async fn halt(state: &EngineState, job: &Job, error: SourceError) -> RunError {
    let detail = error.to_string();
    let cause = match error {
        SourceError::Silent => return RunError::DriveSilent { detail },
        SourceError::Fetching => return RunError::Fetching { detail },
        // Together with its folder, and so its drive, it comes back by itself; alone it was moved or
        // deleted.
        SourceError::Missing => match folder_is_away(state, job).await {
            Err(_) => return RunError::DriveSilent { detail },
            Ok(true) => return RunError::SourceAway { detail },
            Ok(false) => Cause::SourceMissing,
        },
        SourceError::Unreadable(io) if drive::passes(&io) => {
            let what = match () {
                () if is_in_use(&io) => InTheWay::Program,
                () if drive::is_far(&io) => InTheWay::Way,
                () => InTheWay::Disk,
            };
            return RunError::Unread { why: plain(&io), what, detail };
        }
        SourceError::NotAFile => Cause::NotAFile,
        SourceError::Unreadable(io) if is_open_files(&io) => {
            return RunError::OpenFiles { detail: plain(&io) };
        }
        SourceError::Unreadable(io) => Cause::SourceUnreadable { why: plain(&io) },
        SourceError::NotItsSize(size) => Cause::NotItsSize { told: size },
        SourceError::Changed(_) => Cause::SourceChanged,
    };
    RunError::Attention { cause, detail }
}

async fn folder_is_away(state: &EngineState, job: &Job) -> Result<bool, SourceError> {
    let Some(folder) = job.path.parent().map(ToOwned::to_owned) else { return Ok(false) };
    let (path, drive) = job_file::of_job(&state.drives, job);
    // What cannot be looked at is not missing; the next look at the file will report why.
    let look = move || folder.try_exists().is_ok_and(|there| !there);
    Ok(drive.ask(&path, look).await?)
}

impl Run {
    /// Accepts the file as it is now: if it changed since it was planned, what was already sent is read
    /// again and compared.
    pub(super) async fn accept_source(&mut self, source: &Arc<JobFile>) -> Result<(), RunError> {
        let found = source.identity();
        if found == self.job.identity {
            return Ok(());
        }
        let job = self.job.id.clone();
        let session = self.state.journal.read(move |conn| sessions::current(conn, &job)).await?;
        match session {
            // The vendor was given another size: nothing of that session is usable for this file.
            Some(_) if found.size != self.job.identity.size => {
                let (job, bytes) = (self.job.id.clone(), self.job.confirmed);
                self.state.journal.write(move |conn| sessions::give_up(conn, &job)).await?;
                self.state.clear_away();
                self.log(Log::SourceReplaced { bytes }).await?;
                self.was_in_vain(bytes, "the file changed again and again").await?;
            }
            Some(session) => self.compare(session.id, source).await?,
            None => {}
        }
        self.plan_again(found).await
    }

    async fn plan_again(&mut self, found: FileIdentity) -> Result<(), RunError> {
        let id = self.job.id.clone();
        self.state.journal.write(move |conn| identity::replace(conn, &id, &found)).await?;
        Ok(self.reload().await?)
    }

    async fn compare(&mut self, session: i64, source: &Arc<JobFile>) -> Result<(), RunError> {
        let receipts = self.state.journal.read(move |conn| sessions::receipts(conn, session)).await?;
        if receipts.is_empty() {
            return Ok(());
        }
        let count = receipts.len();
        let differ = self.differing(source, receipts).await?;
        let (differing, job) = (differ.len(), self.job.id.clone());
        let lost =
            self.state.journal.write(move |conn| sessions::unconfirm(conn, &job, session, &differ)).await?;
        let same = u32::try_from(count - differing).unwrap_or(u32::MAX);
        self.log(Log::SourceCompared { same, differ: u32::try_from(differing).unwrap_or(u32::MAX) }).await?;
        self.was_in_vain(lost, "the file changed again and again").await
    }

    /// The MD5 of a range of the file. A stop ends the read at the next block.
    pub(super) async fn md5_of(&self, source: &JobFile, offset: u64, len: u64) -> Result<[u8; 16], RunError> {
        let mut stop = self.stop.clone();
        let read = source.digest::<Md5>(offset, len, |_| {});
        let md5 = tokio::select! {
            md5 = read => md5,
            halt = wait_for(&mut stop, Stop::TakenBack) => return Err(halt),
        };
        match md5 {
            Ok(md5) => Ok(md5.finalize().into()),
            Err(error) => Err(halt(&self.state, &self.job, error).await),
        }
    }

    /// Ends the run if the path no longer leads to the same, unchanged file.
    pub(super) async fn unchanged(&self, source: &JobFile) -> Result<(), RunError> {
        match source.unchanged().await {
            Ok(()) => Ok(()),
            Err(error) => Err(halt(&self.state, &self.job, error).await),
        }
    }
}
