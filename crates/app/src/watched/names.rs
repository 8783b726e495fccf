//! Names that a watched folder skips: system leftovers, hidden files, and partial files.

use std::path::{Path, PathBuf};

use partway_engine::scan;

/// Extensions of files that a program is still writing and will rename: browsers, download and copy tools,
/// editors.
const HALF: &[&str] = &[
    "part",
    "partial",
    "crdownload",
    "download",
    "opdownload",
    "filepart",
    "tmp",
    "temp",
    "aria2",
    "!ut",
    "!qb",
    "bc!",
    "swp",
    "lock",
];

/// Suffixes of companion files: a file is not taken while one with its full name plus such a suffix exists.
const BESIDE: &[&str] =
    &[".part", ".partial", ".crdownload", ".download", ".opdownload", ".filepart", ".aria2"];

/// How a name is classified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// A normal file.
    Ordinary,
    /// Never taken.
    Passed,
}

/// Classifies a file's or folder's name.
pub(super) fn of(path: &Path) -> Name {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let half = HALF.contains(&ending) || name.starts_with("~$") || name.ends_with('~');
    if name.starts_with('.') || half || scan::is_ignored(path) { Name::Passed } else { Name::Ordinary }
}

/// The companion that shows that a file is still being written. Accesses the disk.
pub(super) fn companion(file: &Path) -> Option<PathBuf> {
    let beside = |ending: &&str| {
        let mut companion = file.as_os_str().to_owned();
        companion.push(ending);
        PathBuf::from(companion)
    };
    BESIDE.iter().map(beside).find(|companion| companion.symlink_metadata().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_or_half_there_is_passed() {
        for passed in [
            ".DS_Store",
            "Thumbs.db",
            "._a.mov",
            ".hidden",
            ".a.mov.Xy12z",
            "a.mov.part",
            "a.mov.CRDOWNLOAD",
            "b.tmp",
            "Unconfirmed 12.crdownload",
            "~$letter.docx",
            "notes.txt~",
            "a.mov.filepart",
        ] {
            assert_eq!(of(Path::new(passed)), Name::Passed, "{passed}");
        }
        for taken in ["a.mov", "part", "a.party", "tmp", "a.part.mov", "no ending"] {
            assert_eq!(of(Path::new(taken)), Name::Ordinary, "{taken}");
        }
    }

    #[test]
    fn a_file_with_its_half_beside_it_is_not_there_yet() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.mov");
        assert_eq!(companion(&file), None);
        let half = dir.path().join("a.mov.aria2");
        std::fs::write(&half, "").unwrap();
        assert_eq!(companion(&file), Some(half));
    }
}
