//! Before the first byte: is the file there, and is it the one that was planned?

use std::sync::Arc;

use md5::{Digest, Md5};
use partway_core::{Cause, FileIdentity};

use super::{Halt, Run};
use crate::journal::{identity, sessions};
use crate::log::Log;
use crate::plain;
use crate::record::Job;
use crate::source::{Source, SourceError};

/// Opens a job's file.
pub(super) fn source(job: &Job) -> Result<Source, Halt> {
    Source::open(&job.path).map_err(|error| halt(job, &error))
}

/// What a file's trouble means for its job.
pub(super) fn halt(job: &Job, error: &SourceError) -> Halt {
    let cause = match error {
        // With its folder, that is with its drive, it comes back by itself; alone it was moved or deleted by somebody.
        SourceError::Missing if job.path.parent().is_some_and(|folder| !folder.exists()) => {
            return Halt::SourceAway { detail: error.to_string() };
        }
        SourceError::Missing => Cause::SourceMissing,
        SourceError::NotAFile => Cause::NotAFile,
        SourceError::Unreadable(io) => Cause::SourceUnreadable { why: plain(io) },
        SourceError::NotItsSize(size) => Cause::NotItsSize { told: *size },
        SourceError::Changed(_) => Cause::SourceChanged,
    };
    Halt::Attention { cause, detail: error.to_string() }
}

/// A look at the file's bytes ended by a fault of Partway's own.
pub(super) fn unread(panic: &tokio::task::JoinError) -> Halt {
    Halt::Attention {
        cause: Cause::SourceUnreadable { why: "reading it again did not end".into() },
        detail: panic.to_string(),
    }
}

impl Run {
    /// Takes the file as it is now: if it changed since it was planned, what was sent of it is read again and compared.
    pub(super) async fn accept_source(&mut self, source: &Arc<Source>) -> Result<(), Halt> {
        let found = source.identity();
        if found == self.job.identity {
            return Ok(());
        }
        let job = self.job.id.clone();
        let session = self.inner.journal.read(move |conn| sessions::current(conn, &job)).await?;
        match session {
            // The vendor was told another size: nothing of that session can be used for this file.
            Some(_) if found.size != self.job.identity.size => {
                let (job, bytes) = (self.job.id.clone(), self.job.confirmed);
                self.inner.journal.write(move |conn| sessions::give_up(conn, &job)).await?;
                self.inner.clear_away();
                self.log(Log::SourceReplaced { bytes }).await?;
            }
            Some(session) => self.compare(session.id, source).await?,
            None => {}
        }
        self.plan_again(found).await
    }

    async fn plan_again(&mut self, found: FileIdentity) -> Result<(), Halt> {
        let id = self.job.id.clone();
        self.inner.journal.write(move |conn| identity::replace(conn, &id, &found)).await?;
        Ok(self.reload().await?)
    }

    async fn compare(&mut self, session: i64, source: &Arc<Source>) -> Result<(), Halt> {
        let receipts = self.inner.journal.read(move |conn| sessions::receipts(conn, session)).await?;
        if receipts.is_empty() {
            return Ok(());
        }
        let count = receipts.len();
        let differ = self.differing(source, receipts).await?;
        let (differing, job) = (differ.len(), self.job.id.clone());
        self.inner.journal.write(move |conn| sessions::unconfirm(conn, &job, session, &differ)).await?;
        let same = u32::try_from(count - differing).unwrap_or(u32::MAX);
        self.log(Log::SourceCompared { same, differ: u32::try_from(differing).unwrap_or(u32::MAX) }).await
    }
}

/// The MD5 of some of a file's bytes. Blocks: for a thread of its own.
pub(super) fn md5_of(source: &Source, mut offset: u64, mut left: u64) -> std::io::Result<[u8; 16]> {
    let mut block = vec![0; 256 * 1024];
    let mut md5 = Md5::new();
    while left > 0 {
        let length = left.min(block.len() as u64);
        let piece = &mut block[..usize::try_from(length).unwrap_or(usize::MAX)];
        source.read_at(piece, offset)?;
        md5.update(&piece);
        offset += length;
        left -= length;
    }
    Ok(md5.finalize().into())
}
