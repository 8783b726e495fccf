//! From what was named to files: folders are walked, and what cannot go is told without holding up the rest.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use partway_core::FileIdentity;
use partway_provider::Fields;
use walkdir::WalkDir;

use crate::plain;
use crate::record::{LeftOut, WhyLeftOut};
use crate::source::{self, SourceError};
use crate::watched::Seen;

/// The type of which nothing is known (RFC 2046, 4.5.1).
const UNKNOWN: &str = "application/octet-stream";

/// So much of a file's beginning is looked at; what tells types apart lies in the first few hundred bytes of nearly all.
const LOOKED_AT: usize = 4096;

/// A file that can go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// The folders between the one that was named (with it) and the file, `/` between them; empty for a file that was named itself.
    pub folders: String,
    /// What tells whether it is still the same file.
    pub identity: FileIdentity,
    /// When the file itself was made, nanoseconds since the Unix epoch, where that is told.
    pub born_ns: Option<i64>,
    /// MIME type by its name; where that says nothing, by its content.
    pub mime: String,
}

impl Found {
    /// As a watched folder's ledger knows it.
    pub(crate) const fn seen(&self) -> Seen {
        Seen { identity: self.identity, born_ns: self.born_ns }
    }
}

/// Everything that was named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intake {
    /// Files that can go, in the order of their names within each folder.
    pub files: Vec<Found>,
    /// What cannot.
    pub left_out: Vec<LeftOut>,
    /// What is set for these files, words in braces among it; where something is not set, it is as the destination has it.
    pub set: Fields,
}

/// Looks at paths and walks folders. Blocks: for a thread of its own.
#[must_use]
pub fn look(paths: &[PathBuf]) -> Intake {
    let mut intake = Intake::default();
    for path in paths {
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => walk(path, &mut intake),
            _ => take(path, String::new(), &mut intake),
        }
    }
    if paths.len() > 1 {
        once(&mut intake);
    }
    intake
}

/// What of the named can be taken in, as far as one look at each tells: no folder is walked. Blocks: for a thread of its own.
#[must_use]
pub fn sift(paths: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<LeftOut>) {
    let mut left = Vec::new();
    let good = paths.into_iter().filter(|path| {
        let found = match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => std::fs::read_dir(path).map(drop).map_err(SourceError::Unreadable),
            _ => source::Source::open(path).map(drop),
        };
        if let Err(error) = &found {
            left.push(LeftOut { path: path.to_string_lossy().into_owned(), why: why(error) });
        }
        found.is_ok()
    });
    (good.collect(), left)
}

/// A file that was named twice, itself and by its folder or by another spelling, goes once: as it came first. What has two names on disk
/// is two files.
fn once(intake: &mut Intake) {
    let mut seen = HashSet::with_capacity(intake.files.len());
    let mut folders = HashMap::new();
    intake.files.retain(|found| {
        let (Some(folder), Some(name)) = (found.path.parent(), found.path.file_name()) else { return true };
        let real = folders
            .entry(folder.to_owned())
            .or_insert_with(|| std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned()));
        seen.insert(real.join(name))
    });
}

/// Looks at files below a folder: the folders of each are those between, without that one. Blocks: for a thread of its own.
#[must_use]
pub fn look_below(root: &Path, files: &[PathBuf]) -> Intake {
    let mut intake = Intake::default();
    for file in files {
        let folders = file.parent().map(slashed).unwrap_or_default();
        take(&root.join(file), folders, &mut intake);
    }
    intake
}

fn walk(root: &Path, intake: &mut Intake) {
    let (before, left_before) = (intake.files.len(), intake.left_out.len());
    let parent = root.parent().unwrap_or(root);
    // Links to folders are not followed: a loop of them has no end. Links to files are taken in as files.
    for entry in WalkDir::new(root).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) if is_ignored(entry.path()) => leave(intake, entry.path(), WhyLeftOut::Ignored),
            Ok(entry) if entry.file_type().is_symlink() && entry.path().is_dir() => {
                leave(intake, entry.path(), WhyLeftOut::NotAFile);
            }
            Ok(entry) => {
                let inside = entry.path().strip_prefix(parent).unwrap_or(entry.path());
                let folders = inside.parent().map(slashed).unwrap_or_default();
                take(entry.path(), folders, intake);
            }
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                let why = error.io_error().map_or_else(|| error.to_string(), plain);
                leave(intake, &path, WhyLeftOut::Unreadable(why));
            }
        }
    }
    if intake.files.len() == before && intake.left_out.len() == left_before {
        leave(intake, root, WhyLeftOut::EmptyFolder);
    }
}

fn take(path: &Path, folders: String, intake: &mut Intake) {
    let source = match source::Source::open(path) {
        Ok(source) => source,
        Err(error) => return leave(intake, path, why(&error)),
    };
    let (identity, born_ns) = (source.identity(), source.born_ns());
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    // The name says more where it says anything: many types begin like another (a .docx like a .zip).
    let by_name = mime_guess::from_path(path).first().map(|mime| mime.essence_str().to_owned());
    let mime = by_name.or_else(|| by_content(&source, identity.size)).unwrap_or_else(|| UNKNOWN.to_owned());
    intake.files.push(Found { path: path.to_owned(), name, folders, identity, born_ns, mime });
}

/// The type that the first bytes tell of.
fn by_content(source: &source::Source, size: u64) -> Option<String> {
    let mut first = vec![0; usize::try_from(size).map_or(LOOKED_AT, |size| size.min(LOOKED_AT))];
    // One that cannot be read now is told when it is sent.
    source.read_at(&mut first, 0).ok()?;
    infer::get(&first).map(|found| found.mime_type().to_owned())
}

fn why(error: &SourceError) -> WhyLeftOut {
    match error {
        SourceError::Missing => WhyLeftOut::Missing,
        SourceError::NotAFile => WhyLeftOut::NotAFile,
        SourceError::Unreadable(io) => WhyLeftOut::Unreadable(plain(io)),
        SourceError::Changed(_) => WhyLeftOut::Unreadable("it is being changed".into()),
    }
}

fn leave(intake: &mut Intake, path: &Path, why: WhyLeftOut) {
    intake.left_out.push(LeftOut { path: path.to_string_lossy().into_owned(), why });
}

fn slashed(folders: &Path) -> String {
    let names: Vec<_> =
        folders.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    names.join("/")
}

/// Files that systems leave behind and nobody means to send.
#[must_use]
pub fn is_ignored(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    matches!(name.as_str(), ".ds_store" | "thumbs.db" | "desktop.ini" | ".localized")
        || name.starts_with("._")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_files_with_their_folders_and_tells_what_it_leaves() {
        let dir = tempfile::tempdir().unwrap();
        let card = dir.path().join("Card A001");
        std::fs::create_dir_all(card.join("clips")).unwrap();
        std::fs::create_dir_all(dir.path().join("empty/inside")).unwrap();
        std::fs::write(card.join("clips/b.mov"), "b").unwrap();
        std::fs::write(card.join("a.txt"), "").unwrap();
        std::fs::write(card.join(".DS_Store"), "x").unwrap();

        let intake = look(&[card, dir.path().join("empty"), dir.path().join("gone.mov")]);

        let files: Vec<_> =
            intake.files.iter().map(|f| (f.name.as_str(), f.folders.as_str(), f.mime.as_str())).collect();
        assert_eq!(
            files,
            [("a.txt", "Card A001", "text/plain"), ("b.mov", "Card A001/clips", "video/quicktime")]
        );
        let left: Vec<_> = intake.left_out.iter().map(|l| l.why.clone()).collect();
        assert_eq!(left, [WhyLeftOut::Ignored, WhyLeftOut::EmptyFolder, WhyLeftOut::Missing]);
    }

    #[test]
    fn a_file_that_is_named_twice_goes_once() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        for folder in [&a, &b] {
            std::fs::create_dir(folder).unwrap();
            std::fs::write(folder.join("x.mov"), "x").unwrap();
        }
        let other = a.join("../a/./x.mov");
        let names = |paths: &[PathBuf]| -> Vec<_> {
            look(paths).files.into_iter().map(|found| (found.folders, found.name)).collect()
        };
        let of = |folders: &str| (folders.to_owned(), "x.mov".to_owned());
        assert_eq!(names(&[a.clone(), a.join("x.mov"), other.clone()]), [of("a")]);
        assert_eq!(names(&[other, a.join("x.mov"), a.clone()]), [of("")]);
        assert_eq!(names(&[a, b]), [of("a"), of("b")], "two files of one name are two files");
    }

    #[test]
    fn a_type_is_told_by_the_name_and_where_that_says_nothing_by_the_content() {
        let dir = tempfile::tempdir().unwrap();
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice();
        let mp4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".as_slice();
        for (name, content, mime) in [
            ("still", png, "image/png"),
            ("clip.take7", mp4, "video/mp4"),
            ("named.mov", png, "video/quicktime"),
            ("plain", b"words", UNKNOWN),
            ("empty", b"", UNKNOWN),
        ] {
            let path = dir.path().join(name);
            std::fs::write(&path, content).unwrap();
            assert_eq!(look(&[path]).files[0].mime, mime, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_told_without_waiting_for_its_writer_and_a_loop_of_links_ends() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        std::os::unix::fs::symlink(dir.path(), dir.path().join("loop")).unwrap();
        let intake = look(&[pipe.clone(), dir.path().to_owned()]);
        assert_eq!(intake.files, []);
        assert!(intake.left_out.iter().all(|left| left.why == WhyLeftOut::NotAFile));
        assert_eq!(intake.left_out.len(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn one_look_tells_apart_what_can_be_kept_and_what_never_will_go() {
        let dir = tempfile::tempdir().unwrap();
        let (file, gone) = (dir.path().join("a.mov"), dir.path().join("gone.mov"));
        std::fs::write(&file, "a").unwrap();
        let named = vec![file.clone(), gone.clone(), "/dev/null".into(), dir.path().to_owned()];
        let (good, left) = sift(named);
        assert_eq!(good, [file, dir.path().to_owned()]);
        let of = |path: &Path, why| LeftOut { path: path.to_string_lossy().into_owned(), why };
        let null = of(Path::new("/dev/null"), WhyLeftOut::NotAFile);
        assert_eq!(left, [of(&gone, WhyLeftOut::Missing), null]);
    }

    #[cfg(unix)]
    #[test]
    fn one_look_finds_a_folder_that_nobody_may_look_into() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = tempfile::tempdir().unwrap();
        let closed = dir.path().join("closed");
        std::fs::create_dir(&closed).unwrap();
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
        // To who may do everything nothing is closed.
        let open = std::fs::read_dir(&closed).is_ok();
        let (good, left) = sift(vec![closed]);
        let why: Vec<_> = left.into_iter().map(|left| left.why).collect();
        let denied = WhyLeftOut::Unreadable("permission denied".into());
        assert_eq!((good.len(), why), if open { (1, vec![]) } else { (0, vec![denied]) });
    }

    /// One that went away between the look and the walk stands for all that a walk can meet.
    #[test]
    fn a_folder_that_cannot_be_walked_is_told_in_words_without_numbers() {
        let mut intake = Intake::default();
        let gone = Path::new("/gone between two looks");
        walk(gone, &mut intake);
        let why = WhyLeftOut::Unreadable("it is not there".into());
        assert_eq!(intake.left_out, [LeftOut { path: gone.to_string_lossy().into_owned(), why }]);
    }
}
