//! Files to send, and the question whether another file holds the same bytes.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::Chance;

const BLOCK: usize = 1 << 20;
/// Each of these pages carries its own place in the file, so that no two parts are alike.
const PAGE: usize = 4096;

/// A file that was made.
pub(crate) struct Made {
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
}

impl Made {
    /// Makes one: chance, repeated each MiB, with every page stamped with its place. Drawing a whole GiB would take longer than sending it.
    pub(crate) fn at(path: &Path, size: u64, chance: &mut Chance) -> Self {
        let mut block = vec![0; BLOCK];
        chance.fill(&mut block);
        let mut file = File::create(path).unwrap();
        let mut written = 0;
        while written < size {
            for (page, place) in block.chunks_exact_mut(PAGE).zip((written..).step_by(PAGE)) {
                page[8..16].copy_from_slice(&place.to_le_bytes());
            }
            let take = usize::try_from(size - written).map_or(BLOCK, |left| left.min(BLOCK));
            file.write_all(&block[..take]).unwrap();
            written += take as u64;
        }
        Self { path: path.to_owned(), size }
    }

    /// One that takes no room on the disk: all zeros, all hole.
    #[cfg(target_os = "linux")]
    pub(crate) fn sparse(path: &Path, size: u64) -> Self {
        File::create(path).unwrap().set_len(size).unwrap();
        Self { path: path.to_owned(), size }
    }

    /// Fails unless the other file holds these bytes and no others.
    pub(crate) fn assert_arrived(&self, object: &Path) {
        assert!(same_bytes(&self.path, object), "{} is not {}", object.display(), self.path.display());
    }
}

/// Whether two files hold the same bytes.
pub(crate) fn same_bytes(one: &Path, other: &Path) -> bool {
    let (Ok(mut one), Ok(mut other)) = (File::open(one), File::open(other)) else { return false };
    if one.metadata().unwrap().len() != other.metadata().unwrap().len() {
        return false;
    }
    let (mut a, mut b) = (vec![0; BLOCK], vec![0; BLOCK]);
    loop {
        let read = one.read(&mut a).unwrap();
        if read == 0 {
            return true;
        }
        other.read_exact(&mut b[..read]).unwrap();
        if a[..read] != b[..read] {
            return false;
        }
    }
}
