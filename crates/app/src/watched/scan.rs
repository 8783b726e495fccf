//! Walks a watched folder in pieces, so that memory use does not depend on its size.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use partway_core::FileIdentity;
use partway_engine::{Engine, Pulse, Seen, Unanswered, as_named, at, to_walk};
use tokio::sync::mpsc;
use walkdir::WalkDir;

use super::names::{self, Name};

/// Files per piece.
const PIECE: usize = 500;

/// Paths relative to the folder, each as it was seen.
pub(super) type Piece = Vec<(PathBuf, Seen)>;

/// What a walk found that will not be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Walked {
    /// Folders that cannot be read.
    pub(super) closed: u32,
    /// Links to files and folders.
    pub(super) links: u32,
    /// Anything else: pipes, devices, sockets.
    pub(super) odd: u32,
}

/// Whether the folder can be watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is there; the id tells it apart from another folder at the same path.
    There(Option<(u64, u64)>),
    /// It is deleted, or on a missing drive.
    Missing,
    /// Something else is there.
    NotAFolder,
    /// The system denies access.
    Closed,
    /// Its drive does not answer.
    Silent,
}

/// Checks the folder itself. Blocks.
pub(super) fn place(root: &Path) -> Place {
    let found = match at::look(root) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Place::Closed,
        Err(_) => return Place::Missing,
    };
    if !found.kind.is_dir() {
        return Place::NotAFolder;
    }
    match std::fs::read_dir(root) {
        Ok(_) => Place::There(found.seen.identity.file_id),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Place::Closed,
        Err(_) => Place::Missing,
    }
}

/// Walks and hands over candidates; stops early once the receiver is gone. Returns what will not be sent.
/// Blocks.
fn walk(
    root: &Path,
    leave_out: &[PathBuf],
    go_on: impl Fn() -> bool,
    mut hand_over: impl FnMut(Piece) -> bool,
) -> Walked {
    let mut walked = Walked::default();
    let mut piece = Piece::new();
    // Links are not followed, to folders or files: what is elsewhere is not in this folder.
    let walked_root = &to_walk(root);
    let wanted = |entry: &walkdir::DirEntry| {
        entry.depth() == 0
            || (names::of(entry.path()) == Name::Ordinary
                && !leave_out.iter().any(|out| *out == as_named(root, walked_root, entry.path())))
    };
    for entry in WalkDir::new(walked_root).into_iter().filter_entry(wanted).take_while(|_| go_on()) {
        let found = match entry {
            Ok(entry) if entry.file_type().is_file() => entry,
            // The folder itself may be a link, which is followed.
            Ok(entry) if entry.file_type().is_dir() || entry.depth() == 0 => continue,
            Ok(entry) => {
                let link = entry.file_type().is_symlink();
                walked.links += u32::from(link);
                walked.odd += u32::from(!link);
                continue;
            }
            Err(error) => {
                // Ignore entries that vanished in between.
                let denied = error.io_error().is_some_and(|io| io.kind() == ErrorKind::PermissionDenied);
                walked.closed += u32::from(denied);
                continue;
            }
        };
        let (Ok(at), Ok(below)) = (at::look_at_itself(found.path()), found.path().strip_prefix(walked_root))
        else {
            continue;
        };
        piece.push((below.to_owned(), at.seen));
        if piece.len() == PIECE && !hand_over(std::mem::take(&mut piece)) {
            return walked;
        }
    }
    if !piece.is_empty() {
        // For the last piece it does not matter whether the receiver is gone.
        hand_over(piece);
    }
    walked
}

/// A running walk on the thread of the folder's drive.
pub(super) struct Walking {
    pieces: mpsc::Receiver<Piece>,
    walk: Pin<Box<dyn Future<Output = Result<Walked, Unanswered>> + Send>>,
    ended: Option<Result<Walked, Unanswered>>,
}

impl Walking {
    pub(super) fn begin(engine: &Engine, root: &Path, leave_out: Vec<PathBuf>) -> Self {
        let (sender, pieces) = mpsc::channel(2);
        let (engine, of, root) = (engine.clone(), root.to_owned(), root.to_owned());
        let walk = async move {
            let walk = move |pulse: &Pulse| {
                let hand_over = |piece| pulse.elsewhere(|| sender.blocking_send(piece).is_ok());
                walk(&root, &leave_out, || pulse.beat(), hand_over)
            };
            engine.on_drive(&of, walk).await
        };
        Self { pieces, walk: Box::pin(walk), ended: None }
    }

    /// The next piece; `None` when there are no more, or the drive does not answer.
    pub(super) async fn next(&mut self) -> Option<Piece> {
        while self.ended.is_none() {
            tokio::select! {
                biased;
                Some(piece) = self.pieces.recv() => return Some(piece),
                ended = &mut self.walk => self.ended = Some(ended),
            }
        }
        self.pieces.try_recv().ok()
    }

    /// What the walk found, once there are no more pieces.
    pub(super) fn end(self) -> Result<Walked, Unanswered> {
        self.ended.unwrap_or(Err(Unanswered::Silent))
    }
}

/// Looks again at known files; `None` for one that is gone or no longer a file. Blocks.
pub(super) fn again(
    root: &Path,
    files: Vec<PathBuf>,
    go_on: impl Fn() -> bool,
) -> Vec<(PathBuf, Option<FileIdentity>)> {
    let look = |file: &Path| {
        let at = at::look_at_itself(&root.join(file)).ok()?;
        at.kind.is_file().then_some(at.seen.identity)
    };
    files
        .into_iter()
        .take_while(|_| go_on())
        .map(|file| (look(&file), file))
        .map(|(seen, file)| (file, seen))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that a walk hands over.
    fn walked(root: &Path, leave_out: &[PathBuf]) -> (Vec<String>, Walked) {
        let mut names = Vec::new();
        let hand_over = |piece: Piece| {
            assert!(piece.len() <= PIECE);
            names.extend(piece.iter().map(|(file, _)| file.to_string_lossy().into_owned()));
            true
        };
        let met = walk(root, leave_out, || true, hand_over);
        names.sort();
        (names, met)
    }

    #[test]
    fn a_walk_finds_files_and_neither_links_nor_what_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        for folder in ["a/b", "done/2026", "inner", ".hidden", "x.download"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in
            ["1.mov", "a/b/2.mov", "done/2026/3.mov", "inner/4.mov", ".hidden/5.mov", "x.download/6.mov"]
        {
            std::fs::write(root.join(file), "x").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("1.mov"), root.join("link.mov")).unwrap();
            std::os::unix::fs::symlink(root, root.join("loop")).unwrap();
        }
        let (names, met) = walked(root, &[root.join("done"), root.join("inner")]);
        assert_eq!(names.join(" ").replace('\\', "/"), "1.mov a/b/2.mov");
        let links = if cfg!(unix) { 2 } else { 0 };
        assert_eq!(met, Walked { links, ..Walked::default() });
    }

    #[cfg(unix)]
    #[test]
    fn a_walk_counts_what_is_no_file_and_follows_a_link_that_names_the_folder_itself() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("real");
        std::fs::create_dir(&real).unwrap();
        std::fs::write(real.join("1.mov"), "x").unwrap();
        assert!(std::process::Command::new("mkfifo").arg(real.join("pipe")).status().unwrap().success());
        std::os::unix::fs::symlink("/nowhere", real.join("dead")).unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let expected = Walked { links: 1, odd: 1, closed: 0 };
        assert_eq!(walked(&link, &[]), (vec!["1.mov".to_owned()], expected));
    }

    #[test]
    fn a_place_is_there_or_says_why_not() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(place(dir.path()), Place::There(_)));
        assert_eq!(place(&dir.path().join("gone")), Place::Missing);
        std::fs::write(dir.path().join("file"), "").unwrap();
        assert_eq!(place(&dir.path().join("file")), Place::NotAFolder);
    }

    #[test]
    fn a_second_look_sees_what_changed_and_what_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), "one").unwrap();
        let seen = again(dir.path(), vec!["a".into(), "b".into()], || true);
        assert_eq!(seen[0].1.unwrap().size, 3);
        assert_eq!(seen[1], ("b".into(), None));
    }
}
