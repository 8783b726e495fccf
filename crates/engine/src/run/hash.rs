//! The hash of the whole file, where the vendor wants one before the session starts: read in blocks, while the job is being checked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use md5::Md5;
use partway_provider::{FileHash, HashAlgorithm};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::patience::wait_for;
use super::{Halt, Run, check};
use crate::engine::Stop;
use crate::journal::jobs;
use crate::source::{Source, SourceError};

/// One block is in memory at a time.
const BLOCK: usize = 1 << 20;

impl Run {
    /// Whether the vendor wants a hash that the journal does not have of this file as it is now.
    pub(super) fn lacks_hash(&self) -> bool {
        let wanted = self.provider.capabilities().wants_hash;
        wanted.is_some() && wanted != self.job.hash.as_ref().map(|hash| hash.algorithm)
    }

    /// Computes it and writes it down. A pause or a cancellation ends the reading at the next block; it begins anew later.
    pub(super) async fn hash(&mut self, source: &Arc<Source>) -> Result<(), Halt> {
        let Some(algorithm) = self.provider.capabilities().wants_hash else { return Ok(()) };
        let (read, let_go) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        self.live.reads(Some(Arc::clone(&read)));
        let (file, watched) = (Arc::clone(source), Arc::clone(&let_go));
        let mut reading = tokio::task::spawn_blocking(move || of_file(algorithm, &file, &read, &watched));
        let outcome = tokio::select! {
            outcome = &mut reading => outcome,
            halt = wait_for(&mut self.stop, Stop::TakenBack) => {
                let_go.store(true, Ordering::Relaxed);
                // Awaited, so that the file is not read any more when the job says that it rests.
                let _ = reading.await;
                self.live.reads(None);
                return Err(halt);
            }
        };
        self.live.reads(None);
        let hex = outcome
            .map_err(|panic| check::unread(&panic))?
            .map_err(|error| check::halt(&self.job, &SourceError::Unreadable(error)))?;
        source.unchanged().map_err(|error| check::halt(&self.job, &error))?;
        let hash = FileHash { algorithm, hex };
        let (id, kept) = (self.job.id.clone(), hash.clone());
        self.inner.journal.write(move |conn| jobs::set_hash(conn, &id, &kept)).await?;
        self.job.hash = Some(hash);
        Ok(())
    }
}

/// Lower-case hex of the hash of a whole file. Blocks: for a thread of its own.
fn of_file(
    algorithm: HashAlgorithm,
    source: &Source,
    read: &AtomicU64,
    let_go: &AtomicBool,
) -> std::io::Result<String> {
    match algorithm {
        HashAlgorithm::Md5 => hex_of::<Md5>(source, read, let_go),
        HashAlgorithm::Sha1 => hex_of::<Sha1>(source, read, let_go),
        HashAlgorithm::Sha256 => hex_of::<Sha256>(source, read, let_go),
    }
}

fn hex_of<D: Digest>(source: &Source, read: &AtomicU64, let_go: &AtomicBool) -> std::io::Result<String> {
    let size = source.identity().size;
    let mut block = vec![0; BLOCK.min(usize::try_from(size).unwrap_or(BLOCK))];
    let (mut digest, mut offset) = (D::new(), 0);
    while offset < size {
        if let_go.load(Ordering::Relaxed) {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let length = (size - offset).min(block.len() as u64);
        let piece = &mut block[..usize::try_from(length).unwrap_or(BLOCK)];
        source.read_at(piece, offset)?;
        digest.update(&piece);
        offset += length;
        read.store(offset, Ordering::Relaxed);
    }
    Ok(hex::encode(digest.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(algorithm: HashAlgorithm, bytes: &[u8]) -> (String, u64) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let read = AtomicU64::new(0);
        let source = Source::open(file.path()).unwrap();
        let hex = of_file(algorithm, &source, &read, &AtomicBool::new(false)).unwrap();
        (hex, read.load(Ordering::Relaxed))
    }

    /// The examples of RFC 1321 and of FIPS 180-4.
    #[test]
    fn each_algorithm_gives_what_its_standard_says() {
        for (algorithm, of_abc) in [
            (HashAlgorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (HashAlgorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (HashAlgorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            assert_eq!(hash(algorithm, b"abc"), (of_abc.to_owned(), 3));
        }
        assert_eq!(hash(HashAlgorithm::Md5, b"").0, "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn blocks_change_nothing_and_a_file_that_is_let_go_of_is_not_read_on() {
        let bytes: Vec<u8> = (0..BLOCK * 2 + 7).map(|index| (index % 251) as u8).collect();
        assert_eq!(hash(HashAlgorithm::Sha256, &bytes).0, hex::encode(Sha256::digest(&bytes)));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let (read, source) = (AtomicU64::new(0), Source::open(file.path()).unwrap());
        assert!(of_file(HashAlgorithm::Md5, &source, &read, &AtomicBool::new(true)).is_err());
        assert_eq!(read.load(Ordering::Relaxed), 0);
    }
}
