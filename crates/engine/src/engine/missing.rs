//! Looks for missing files: if a folder or drive is missing, only its first file is checked, however many
//! are below it.

use std::path::{Path, PathBuf};

use crate::paths;
use crate::record::JobId;

/// The result of looking at some of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Looked {
    /// Jobs whose file is there.
    pub(super) there: Vec<JobId>,
    /// Where the next look begins: a path in the journal's encoding.
    pub(super) next: Vec<u8>,
}

/// Looks at these files, which are sorted by path. Blocks, possibly for long on an unresponsive share.
pub(super) fn look(away: Vec<(JobId, PathBuf)>) -> Looked {
    look_with(away, Path::exists)
}

fn look_with(away: Vec<(JobId, PathBuf)>, exists: impl Fn(&Path) -> bool) -> Looked {
    let mut looked = Looked { there: Vec::new(), next: Vec::new() };
    for (job, path) in away {
        let mut bytes = paths::to_bytes(&path);
        if bytes < looked.next {
            continue;
        }
        // The smallest path after this one.
        bytes.push(0);
        looked.next = if exists(&path) {
            looked.there.push(job);
            bytes
        } else {
            behind(&path, &exists).map_or(bytes.clone(), |behind| behind.max(bytes))
        };
    }
    looked
}

/// The smallest path after everything in the topmost missing folder above this file; `None` if its own
/// folder exists.
fn behind(path: &Path, exists: &impl Fn(&Path) -> bool) -> Option<Vec<u8>> {
    let missing = path.ancestors().skip(1).take_while(|folder| !exists(folder)).last()?;
    // With the trailing separator; incremented, that byte sorts after every path below.
    let mut bytes = paths::to_bytes(&missing.join(""));
    *bytes.last_mut()? += 1;
    Some(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn away(paths: &[&str]) -> Vec<(JobId, PathBuf)> {
        paths.iter().map(|path| (JobId((*path).into()), path.into())).collect()
    }

    #[test]
    fn a_drive_that_is_not_there_costs_a_few_looks_however_many_files_lie_on_it() {
        let files: Vec<_> = (0..500).map(|n| format!("/media/ada/T7/day {}/{n:03}.mov", n / 100)).collect();
        let files: Vec<_> = files.iter().map(String::as_str).collect();
        let looks = Cell::new(0);
        let looked = look_with(away(&files), |path| {
            looks.set(looks.get() + 1);
            path.starts_with("/media/ada") && path.components().count() <= 3
        });
        assert_eq!(
            (looked.there.len(), looks.get()),
            (0, 4),
            "the file, its folder, the drive, what it hangs in"
        );
        assert_eq!(looked.next, b"/media/ada/T70", "and the next files are not asked for either");
    }

    #[test]
    fn what_is_there_is_found_also_between_what_is_not() {
        let there = ["/a", "/a/1", "/a/3", "/b0", "/c", "/c/1"];
        let files = away(&["/a/1", "/a/2", "/a/3", "/b/1", "/b/2/3", "/b0", "/c/1"]);
        let looked =
            look_with(files, |path| path == Path::new("/") || there.contains(&path.to_str().unwrap()));
        let found: Vec<_> = looked.there.iter().map(|job| job.0.as_str()).collect();
        assert_eq!(found, ["/a/1", "/a/3", "/b0", "/c/1"]);
        assert_eq!(looked.next, b"/c/1\0");
    }
}
