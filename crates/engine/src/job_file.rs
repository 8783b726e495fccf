//! A job's file during its run: everything that touches its drive runs on the drive's threads, with a time
//! limit.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use md5::Digest;
use partway_core::{Checksum, FileIdentity};

use crate::buffers::BLOCK;
use crate::drive::{Drive, Drives};
use crate::place::Mounts;
use crate::record::Job;
use crate::source::{self, Source, SourceError};
use crate::sum::RunningSum;

/// An open file and its drive.
#[derive(Debug)]
pub(crate) struct JobFile {
    path: Arc<Path>,
    drive: Arc<Drive>,
    /// `Some` until closed; closing runs on a drive thread like everything else.
    source: Option<Arc<Source>>,
    identity: FileIdentity,
}

/// A job's path and its drive.
pub(crate) fn of_job(drives: &Drives, job: &Job) -> (Arc<Path>, Arc<Drive>) {
    let device = job.identity.file_id.map(|(device, _)| device);
    (job.path.as_path().into(), drives.of(&Mounts::now(), &job.path, device))
}

/// The current identity of the job's file.
///
/// # Errors
/// [`SourceError`], never `Changed`.
pub(crate) async fn identify(drives: &Drives, job: &Job) -> Result<FileIdentity, SourceError> {
    let (path, drive) = of_job(drives, job);
    drive.answers(&path)?;
    let of = |path: &Arc<Path>| {
        let path = Arc::clone(path);
        move || source::identify(&path)
    };
    drive.ask_again(&path, || of(&path)).await
}

impl JobFile {
    /// Opens a job's file; its current identity becomes the planned one.
    ///
    /// # Errors
    /// [`SourceError`], never `Changed`.
    pub(crate) async fn open(drives: &Drives, job: &Job) -> Result<Self, SourceError> {
        let (path, drive) = of_job(drives, job);
        Self::on(drive, path).await
    }

    /// Opens a file on the given drive.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) async fn on(drive: Arc<Drive>, path: Arc<Path>) -> Result<Self, SourceError> {
        drive.answers(&path)?;
        if drive.has_elsewhere(&path) {
            return Self::fetched(&drive, path).await;
        }
        let of = |path: &Arc<Path>| {
            let path = Arc::clone(path);
            move || Source::open_here(&path)
        };
        match drive.ask_again(&path, || of(&path)).await? {
            Some(source) => Ok(Self::of(source, drive, path)),
            None => Self::fetched(&drive, path).await,
        }
    }

    /// Opens a file whose content is stored elsewhere: opening or reading it waits until it is fetched.
    async fn fetched(drive: &Drive, path: Arc<Path>) -> Result<Self, SourceError> {
        let drive = drive.elsewhere();
        drive.answers(&path)?;
        let of = |path: &Arc<Path>| {
            let path = Arc::clone(path);
            move || Source::open(&path)
        };
        let source = drive.ask_again(&path, || of(&path)).await?;
        Ok(Self::of(source, drive, path))
    }

    fn of(source: Source, drive: Arc<Drive>, path: Arc<Path>) -> Self {
        Self { identity: source.identity(), source: Some(Arc::new(source)), path, drive }
    }

    /// The identity when it was opened.
    pub(crate) const fn identity(&self) -> FileIdentity {
        self.identity
    }

    /// The buffers its blocks are read into.
    #[cfg(test)]
    pub(crate) fn buffers(&self) -> Arc<crate::buffers::Buffers> {
        Arc::clone(&self.drive.buffers)
    }

    /// Runs work on the open file.
    async fn ask<T, W>(&self, mut work: impl FnMut(Arc<Source>) -> W) -> Result<T, SourceError>
    where
        T: Send + 'static,
        W: FnOnce() -> Result<T, SourceError> + Send + 'static,
    {
        let Some(source) = &self.source else { return Err(SourceError::Missing) };
        self.drive.ask_again(&self.path, || work(Arc::clone(source))).await
    }

    /// Whether the path still leads to the same, unchanged file.
    ///
    /// # Errors
    /// [`SourceError`].
    pub(crate) async fn unchanged(&self) -> Result<(), SourceError> {
        self.ask(|source| move || source.unchanged()).await
    }

    /// Refines a read error by looking at the file. A read that ends early on an unchanged file means that
    /// the size the system reports is wrong.
    pub(crate) async fn trouble(&self, trouble: SourceError) -> SourceError {
        let SourceError::Unreadable(error) = trouble else { return trouble };
        match self.unchanged().await {
            Err(trouble) => trouble,
            Ok(()) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                SourceError::NotItsSize(self.identity.size)
            }
            Ok(()) => SourceError::Unreadable(error),
        }
    }

    /// Reads one block and feeds it to the digest.
    ///
    /// # Errors
    /// [`SourceError`]; `Unreadable` with `UnexpectedEof` if the file is shorter than it was.
    pub(crate) async fn block<D>(&self, offset: u64, len: u64, digest: D) -> Result<(Bytes, D), SourceError>
    where
        D: Takes,
    {
        let len = usize::try_from(len).map_err(std::io::Error::other)?;
        self.ask(|source| {
            let (mut digest, buffers) = (digest.clone(), Arc::clone(&self.drive.buffers));
            move || {
                let mut block = buffers.take(len);
                source.read_at(block.room(), offset)?;
                digest.take(block.as_ref());
                Ok((block.freeze(), digest))
            }
        })
        .await
    }

    /// The digest of a range of the file; calls `told` after each block with its length.
    ///
    /// # Errors
    /// As [`block`](Self::block).
    pub(crate) async fn digest<D>(
        &self,
        mut offset: u64,
        mut left: u64,
        told: impl Fn(u64),
    ) -> Result<D, SourceError>
    where
        D: Digest + Clone + Send + 'static,
    {
        let mut digest = D::new();
        while left > 0 {
            let len = left.min(BLOCK);
            digest = self.block(offset, len, digest).await?.1;
            offset += len;
            left -= len;
            told(len);
        }
        Ok(digest)
    }

    /// A checksum of a range of the file.
    ///
    /// # Errors
    /// As [`block`](Self::block).
    pub(crate) async fn sum(&self, checksum: Checksum, from: u64, len: u64) -> Result<Vec<u8>, SourceError> {
        let (mut sum, mut offset) = (RunningSum::new(checksum), from);
        let end = from.saturating_add(len);
        while offset < end {
            let len = (end - offset).min(BLOCK);
            sum = self.block(offset, len, sum).await?.1;
            offset += len;
        }
        Ok(sum.end())
    }
}

/// Something that consumes the bytes as they are read.
pub(crate) trait Takes: Clone + Send + 'static {
    /// Consumes the next bytes.
    fn take(&mut self, bytes: &[u8]);
}

impl<D: Digest + Clone + Send + 'static> Takes for D {
    fn take(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

impl Takes for RunningSum {
    fn take(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

impl Drop for JobFile {
    /// Closing blocks on the drive as well: a share writes back and disconnects.
    fn drop(&mut self) {
        if let (Some(source), Ok(runtime)) = (self.source.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn_blocking(move || drop(source));
        }
    }
}
