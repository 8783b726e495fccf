//! A size-limited log: when full it becomes `partway.1.log`, that one `partway.2.log`, and the oldest is
//! deleted.
//!
//! `tracing-appender` rotates by time, so one bad hour could fill a disk; this rotates by size.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// How much is kept at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    /// Bytes per file.
    pub(super) bytes: u64,
    /// Number of files, including the current one.
    pub(super) files: u32,
}

/// The current file, with older ones beside it.
#[derive(Debug)]
pub(super) struct Rotating {
    folder: PathBuf,
    file: File,
    written: u64,
    bound: Bound,
}

impl Rotating {
    /// Opens it for appending in a private folder.
    pub(super) fn open(folder: &Path, bound: Bound) -> io::Result<Self> {
        private_folder(folder)?;
        let file = private_file(&named(folder, 0))?;
        let written = file.metadata()?.len();
        Ok(Self { folder: folder.to_path_buf(), file, written, bound })
    }

    /// Writes one line.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        let length = line.len() as u64 + 1;
        if self.written > 0 && self.written + length > self.bound.bytes {
            self.turn()?;
        }
        self.file.write_all(format!("{line}\n").as_bytes())?;
        self.written += length;
        Ok(())
    }

    /// Renames each file to the next age, overwriting the oldest.
    fn turn(&mut self) -> io::Result<()> {
        for age in (1..self.bound.files).rev() {
            match fs::rename(named(&self.folder, age - 1), named(&self.folder, age)) {
                Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
                _ => {}
            }
        }
        self.file = private_file(&named(&self.folder, 0))?;
        self.written = 0;
        Ok(())
    }
}

/// The last lines, oldest first, up to `bytes`.
pub(super) fn tail(folder: &Path, bytes: u64) -> io::Result<Vec<String>> {
    let mut text = String::new();
    for age in [1, 0] {
        let Ok(mut file) = File::open(named(folder, age)) else { continue };
        let start = file.metadata()?.len().saturating_sub(bytes);
        file.seek(SeekFrom::Start(start))?;
        let mut read = Vec::new();
        file.take(bytes).read_to_end(&mut read)?;
        let read = String::from_utf8_lossy(&read);
        // The first line is cut off where reading began.
        text.push_str(if start > 0 { read.split_once('\n').map_or("", |(_, rest)| rest) } else { &read });
    }
    let wanted = usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut kept: Vec<_> = text
        .lines()
        .rev()
        .scan(0, |sum, line| {
            *sum += line.len() + 1;
            (*sum <= wanted).then(|| line.to_owned())
        })
        .collect();
    kept.reverse();
    Ok(kept)
}

fn named(folder: &Path, age: u32) -> PathBuf {
    folder.join(if age == 0 { "partway.log".to_owned() } else { format!("partway.{age}.log") })
}

/// Creates a folder that only its owner may enter. On Windows it inherits that from the data folder.
pub(super) fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Opens a file for appending that only its owner may read.
pub(super) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Bound = Bound { bytes: 100, files: 3 };

    fn sizes(folder: &Path) -> Vec<u64> {
        (0..5).filter_map(|age| fs::metadata(named(folder, age)).ok()).map(|found| found.len()).collect()
    }

    #[test]
    fn it_never_grows_past_its_bound_and_the_newest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Rotating::open(folder.path(), SMALL).unwrap();
        for number in 0..100 {
            log.line(&format!("line {number}")).unwrap();
        }
        let sizes = sizes(folder.path());
        assert_eq!(sizes.len(), 3, "{sizes:?}");
        assert!(sizes.iter().all(|size| *size <= 100), "{sizes:?}");
        let last = tail(folder.path(), 1000).unwrap();
        assert_eq!(last.last().unwrap(), "line 99");
        assert!(last.len() > 12, "what was turned away is read too: {last:?}");
        assert!(last.windows(2).all(|two| two[0] < two[1]), "{last:?}");
    }

    #[test]
    fn the_tail_is_of_whole_lines_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Rotating::open(folder.path(), Bound { bytes: 1 << 20, files: 2 }).unwrap();
        (10..90).for_each(|number| log.line(&format!("line {number}")).unwrap());
        assert_eq!(tail(folder.path(), 20).unwrap(), ["line 88", "line 89"]);
    }

    #[test]
    fn it_goes_on_behind_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        Rotating::open(folder.path(), SMALL).unwrap().line("first").unwrap();
        let mut again = Rotating::open(folder.path(), SMALL).unwrap();
        again.line("second").unwrap();
        assert_eq!(tail(folder.path(), 100).unwrap(), ["first", "second"]);
        again.line(&"x".repeat(95)).unwrap();
        assert_eq!(fs::read_to_string(named(folder.path(), 1)).unwrap(), "first\nsecond\n");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs");
        drop(Rotating::open(&logs, SMALL).unwrap());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&logs), mode(&named(&logs, 0))), (0o700, 0o600));
    }
}
