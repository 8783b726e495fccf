//! A sample file of random bytes: nothing that could be compressed or guessed.

use crate::stop::{Outcome, at, not_passed};
use std::fs::File;
use std::io::{Read, copy};
use std::path::Path;

/// Large enough to be sent in many parts, small enough to be over in seconds.
pub(crate) const SIZE: u64 = 256 * 1024 * 1024;

/// Writes `size` random bytes to `path`.
pub(crate) fn write(path: &Path, size: u64) -> Outcome<()> {
    let source = Path::new("/dev/urandom");
    let mut random = File::open(source).map_err(at(source))?.take(size);
    let mut file = File::create(path).map_err(at(path))?;
    let written = copy(&mut random, &mut file).map_err(at(path))?;
    if written == size {
        Ok(())
    } else {
        Err(not_passed(format!("{}: only {written} bytes", path.display())))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn has_the_size_and_no_pattern() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("sample");
        write(&path, 100_003).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len(), 100_003);
        assert_ne!(bytes[..4096], bytes[4096..8192]);
    }
}
