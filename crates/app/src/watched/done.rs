//! Moves a verified file to the done folder: only the file that was sent, and never over an existing one.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use partway_core::FileIdentity;
use partway_engine::{at, exact};

/// Most names to try when the name is taken.
const TRIES: u32 = 1000;

/// The outcome for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moved {
    /// It was moved there.
    To(PathBuf),
    /// It is gone, or no longer the file that was sent; don't move it.
    NotThat,
    /// It was touched since it was sent; first check whether it is still that file.
    Later,
    /// It failed, with the system's message.
    Not(String),
}

/// Moves one file, keeping its subfolders. Blocks.
pub(super) fn put(root: &Path, file: &Path, done: &Path, went: &FileIdentity) -> Moved {
    let from = root.join(file);
    let now = at::look_at_itself(&from).ok().filter(|now| now.kind.is_file());
    let now = now.map(|now| now.seen.identity);
    // Its id may have changed with its drive; size and time identify what was sent.
    let Some(now) = now.filter(|now| (now.size, now.modified) == (went.size, went.modified)) else {
        return Moved::NotThat;
    };
    if now.changed.zip(went.changed).is_some_and(|(now, went)| now != went) {
        return Moved::Later;
    }
    match into(&exact(&from), &exact(&done.join(file))) {
        Ok(to) => Moved::To(to),
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            Moved::Not("that folder is on another drive".into())
        }
        Err(error) => Moved::Not(partway_engine::plain(&error)),
    }
}

fn into(from: &Path, wanted: &Path) -> std::io::Result<PathBuf> {
    if let Some(folder) = wanted.parent() {
        std::fs::create_dir_all(folder)?;
    }
    for number in 1..=TRIES {
        let to = numbered(wanted, number);
        // Reserve the name by creating an empty file, which fails if one exists: a rename alone would
        // overwrite it.
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&to) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        }
        return match std::fs::rename(from, &to) {
            Ok(()) => Ok(to),
            Err(error) => {
                std::fs::remove_file(&to)?;
                Err(error)
            }
        };
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// `a.mov`, `a (2).mov`, …
fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!(" ({number})"));
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use partway_engine::source;

    use super::*;

    #[test]
    fn a_file_is_moved_with_its_folders_and_over_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (root, done) = (dir.path().join("in"), dir.path().join("done"));
        std::fs::create_dir_all(root.join("day")).unwrap();
        let file = Path::new("day/a.mov");
        let put_one = |text: &str| {
            std::fs::write(root.join(file), text).unwrap();
            let went = source::identify(&root.join(file)).unwrap();
            put(&root, file, &done, &went)
        };
        assert_eq!(put_one("one"), Moved::To(done.join("day/a.mov")));
        assert_eq!(put_one("two"), Moved::To(done.join("day/a (2).mov")));
        assert_eq!(std::fs::read_to_string(done.join("day/a.mov")).unwrap(), "one");
        assert_eq!(std::fs::read_to_string(done.join("day/a (2).mov")).unwrap(), "two");
        assert!(!root.join(file).exists());
    }

    #[test]
    fn what_is_gone_or_has_changed_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (root, done) = (dir.path().join("in"), dir.path().join("done"));
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join("a"), "one").unwrap();
        let went = source::identify(&root.join("a")).unwrap();
        std::fs::write(root.join("a"), "longer").unwrap();
        assert_eq!(put(&root, Path::new("a"), &done, &went), Moved::NotThat);
        assert_eq!(std::fs::read_to_string(root.join("a")).unwrap(), "longer");
        assert_eq!(put(&root, Path::new("gone"), &done, &went), Moved::NotThat);
    }

    #[cfg(unix)]
    #[test]
    fn what_was_touched_since_it_went_is_not_moved_before_it_is_known_to_be_the_same() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = tempfile::tempdir().unwrap();
        let (file, done) = (dir.path().join("a"), dir.path().join("done"));
        std::fs::write(&file, "one").unwrap();
        let went = source::identify(&file).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(put(dir.path(), Path::new("a"), &done, &went), Moved::Later);
        // An older journal does not record the change time.
        let older = FileIdentity { changed: None, ..went };
        assert_eq!(put(dir.path(), Path::new("a"), &done, &older), Moved::To(done.join("a")));
    }

    #[test]
    fn a_folder_that_cannot_be_is_told() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), "one").unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        let went = source::identify(&dir.path().join("a")).unwrap();
        let moved = put(dir.path(), Path::new("a"), &dir.path().join("file/done"), &went);
        assert!(matches!(moved, Moved::Not(_)), "{moved:?}");
        assert!(dir.path().join("a").exists());
    }
}
