//! The whole-file hash, for vendors that want one before the session starts: read in blocks while the job
//! is checked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use md5::Md5;
use partway_provider::{FileHash, HashAlgorithm};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::retry::wait_for;
use super::{Run, RunError, check};
use crate::job_file::JobFile;
use crate::journal::jobs;
use crate::source::SourceError;
use crate::state::Stop;

impl Run {
    /// Whether the vendor wants a hash that the journal lacks for this version of the file.
    pub(super) fn lacks_hash(&self) -> bool {
        let wanted = self.provider.capabilities().wants_hash;
        wanted.is_some() && wanted != self.job.hash.as_ref().map(|hash| hash.algorithm)
    }

    /// Computes and stores the hash. A pause or cancellation stops it at the next block; it starts over
    /// later.
    pub(super) async fn hash(&mut self, source: &Arc<JobFile>) -> Result<(), RunError> {
        let Some(algorithm) = self.provider.capabilities().wants_hash else { return Ok(()) };
        let read = Arc::new(AtomicU64::new(0));
        self.live.reads(Some(Arc::clone(&read)));
        let outcome = tokio::select! {
            outcome = of_file(algorithm, source, &read) => Ok(outcome),
            halt = wait_for(&mut self.stop, Stop::TakenBack) => Err(halt),
        };
        self.live.reads(None);
        let hex = match outcome? {
            Ok(hex) => hex,
            Err(error) => return Err(check::halt(&self.state, &self.job, error).await),
        };
        self.unchanged(source).await?;
        let hash = FileHash { algorithm, hex };
        let (id, kept) = (self.job.id.clone(), hash.clone());
        self.state.journal.write(move |conn| jobs::set_hash(conn, &id, &kept)).await?;
        self.job.hash = Some(hash);
        Ok(())
    }
}

/// The lower-case hex hash of a whole file.
async fn of_file(algorithm: HashAlgorithm, file: &JobFile, read: &AtomicU64) -> Result<String, SourceError> {
    match algorithm {
        HashAlgorithm::Md5 => hex_of::<Md5>(file, read).await,
        HashAlgorithm::Sha1 => hex_of::<Sha1>(file, read).await,
        HashAlgorithm::Sha256 => hex_of::<Sha256>(file, read).await,
    }
}

async fn hex_of<D>(file: &JobFile, read: &AtomicU64) -> Result<String, SourceError>
where
    D: Digest + Clone + Send + 'static,
{
    let told = |bytes| {
        read.fetch_add(bytes, Ordering::Relaxed);
    };
    Ok(hex::encode(file.digest::<D>(0, file.identity().size, told).await?.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::{Before, Drives};
    use crate::place::Mounts;

    async fn hash(algorithm: HashAlgorithm, bytes: &[u8]) -> (String, u64) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let read = AtomicU64::new(0);
        let drive = Drives::new(Before::default()).of(&Mounts::now(), file.path(), None);
        let file = JobFile::on(drive, file.path().into()).await.unwrap();
        let hex = of_file(algorithm, &file, &read).await.unwrap();
        (hex, read.load(Ordering::Relaxed))
    }

    /// The examples of RFC 1321 and of FIPS 180-4.
    #[tokio::test]
    async fn each_algorithm_gives_what_its_standard_says() {
        for (algorithm, of_abc) in [
            (HashAlgorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (HashAlgorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (HashAlgorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            assert_eq!(hash(algorithm, b"abc").await, (of_abc.to_owned(), 3));
        }
        assert_eq!(hash(HashAlgorithm::Md5, b"").await.0, "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[tokio::test]
    async fn blocks_change_nothing() {
        let bytes: Vec<u8> = (0..(1 << 19) + 7).map(|index| (index % 251) as u8).collect();
        assert_eq!(hash(HashAlgorithm::Sha256, &bytes).await.0, hex::encode(Sha256::digest(&bytes)));
    }
}
