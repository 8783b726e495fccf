//! Files to send: their bytes follow from a seed, so that a journey that went wrong can be walked again.

use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Where a journey's chance comes from. Printed, and taken from `PARTWAY_TEST_SEED` where that is set.
pub(crate) struct Seed(u64);

impl Seed {
    /// Another one each time, unless one is given.
    pub(crate) fn of(journey: &str) -> Self {
        let given = std::env::var("PARTWAY_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(rand::random);
        println!("{journey}: PARTWAY_TEST_SEED={seed}");
        Self(seed)
    }

    /// The next number: SplitMix64 (Steele, Lea, Flood 2014), because it is fast without optimisation too.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` to below `high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low)
    }
}

/// A file that was made.
pub(crate) struct Made {
    /// Where it lies.
    pub path: PathBuf,
}

impl Made {
    /// Makes one.
    pub(crate) fn in_folder(folder: &Path, name: &str, size: u64, seed: &mut Seed) -> Self {
        let path = folder.join(name);
        let mut file = BufWriter::with_capacity(1 << 20, File::create_new(&path).unwrap());
        let mut left = size;
        while left > 0 {
            let bytes = seed.next().to_le_bytes();
            let take = usize::try_from(left.min(8)).unwrap();
            file.write_all(&bytes[..take]).unwrap();
            left -= left.min(8);
        }
        file.flush().unwrap();
        Self { path }
    }

    /// Whether another file holds the same bytes.
    pub(crate) fn equals(&self, other: &Path) -> bool {
        let (mut mine, mut theirs) = (File::open(&self.path).unwrap(), File::open(other).unwrap());
        if mine.metadata().unwrap().len() != theirs.metadata().unwrap().len() {
            return false;
        }
        let (mut a, mut b) = (vec![0; 1 << 20], vec![0; 1 << 20]);
        loop {
            let read = mine.read(&mut a).unwrap();
            if read == 0 {
                return true;
            }
            theirs.read_exact(&mut b[..read]).unwrap();
            if a[..read] != b[..read] {
                return false;
            }
        }
    }
}

/// Every file in a folder, however deep; none where there is no such folder.
pub(crate) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let deep = |path: PathBuf| if path.is_dir() { files_in(&path) } else { vec![path] };
    entries.flat_map(|entry| deep(entry.path())).collect()
}
