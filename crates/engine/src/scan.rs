//! From what was named to files: folders are walked, and what cannot go is told without holding up the rest.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use partway_core::FileIdentity;
use partway_provider::Fields;
use walkdir::{DirEntry, WalkDir};

use crate::at;
use crate::exact::{as_named, real, to_walk};
use crate::plain::{is_in_use, plain};
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
    /// Whether its content is kept elsewhere and is fetched as it is read.
    pub elsewhere: bool,
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

/// What one look brought of something that was named.
pub(crate) struct Looked {
    intake: Intake,
    how: How,
    /// The real place of each folder with files in it.
    real: HashMap<PathBuf, PathBuf>,
    /// How the disk spells a file that was named itself, where it has more than one spelling.
    spelt: Option<OsString>,
}

/// Looks at paths and walks folders. Blocks: for a thread of its own.
#[must_use]
pub fn look(paths: &[PathBuf]) -> Intake {
    put_together(paths.iter().map(|path| look_at(path, None, &mut || true)).collect())
}

/// Looks at something that was named, and walks it where it is a folder; `go_on` is asked at each step. `own` is Partway's data folder, of
/// which nothing goes. Blocks.
pub(crate) fn look_at(path: &Path, own: Option<&Path>, go_on: &mut dyn FnMut() -> bool) -> Looked {
    let (path, mut intake) = (&straight(path), Intake::default());
    let how = match at::look(path) {
        Ok(_) if is_in(path, own) => {
            leave(&mut intake, path, WhyLeftOut::OwnData);
            How::Itself
        }
        Ok(found) if found.kind.is_dir() => {
            walk(path, own, &mut intake, go_on);
            How::Folder(path.is_symlink().then(|| path.clone()))
        }
        _ => {
            take(path, String::new(), &mut intake);
            How::Itself
        }
    };
    let mut real = HashMap::new();
    for folder in intake.files.iter().filter_map(|found| found.path.parent()) {
        if !go_on() {
            break;
        }
        if !real.contains_key(folder) {
            real.insert(folder.to_owned(), self::real(folder).unwrap_or_else(|_| folder.to_owned()));
        }
    }
    let spelt = if how == How::Itself { spelled(path) } else { None };
    Looked { intake, how, real, spelt }
}

/// Whether it is that folder, of which this is the real place, or lies in it.
fn is_in(path: &Path, folder: Option<&Path>) -> bool {
    folder.is_some_and(|folder| path.canonicalize().is_ok_and(|real| real.starts_with(folder)))
}

/// What is said of something of which the drive does not answer: none of it is taken in.
pub(crate) fn unanswered(path: &Path) -> Looked {
    let mut intake = Intake::default();
    leave(&mut intake, path, WhyLeftOut::DriveSilent);
    Looked { intake, how: How::Itself, real: HashMap::new(), spelt: None }
}

/// All that was named, in that order.
pub(crate) fn put_together(all: Vec<Looked>) -> Intake {
    let (mut intake, mut named) = (Intake::default(), Named::default());
    for Looked { intake: found, how, real, spelt } in all {
        intake.left_out.extend(found.left_out);
        let new = |found: &Found| named.is_new(found, &how, &real, spelt.as_deref());
        intake.files.extend(found.files.into_iter().filter(new));
    }
    intake
}

/// A path without `..`, and that ends in a name: so it is the same file's after a folder on the way was taken away, and tells what the
/// file or the folder is called. One that leads nowhere stays as it is.
fn straight(path: &Path) -> PathBuf {
    let dots = |part: Component<'_>| matches!(part, Component::ParentDir | Component::CurDir);
    let straight = match path.file_name() {
        Some(_) if !path.components().any(dots) && !ends_in_dot(path) => None,
        // A name at the end may be a link's, which is what it is called; a dot leads through it.
        Some(name) if !ends_in_dot(path) => path
            .parent()
            .map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
            .and_then(|folder| real(folder).ok())
            .map(|folder| folder.join(name)),
        _ => real(path).ok(),
    };
    straight.unwrap_or_else(|| path.to_owned())
}

/// `a/.`, of which the standard library says that its name is `a`.
fn ends_in_dot(path: &Path) -> bool {
    let separator = |byte: u8| byte == b'/' || (cfg!(windows) && byte == b'\\');
    let written = path.as_os_str().as_encoded_bytes();
    let end = written.iter().rposition(|byte| !separator(*byte)).map_or(0, |last| last + 1);
    let begin = written[..end].iter().rposition(|byte| separator(*byte)).map_or(0, |last| last + 1);
    &written[begin..end] == b"."
}

/// Whether something that was named can be taken in, as far as one look tells: no folder is walked. Blocks: for a thread of its own.
///
/// # Errors
/// Why not.
pub fn sift(path: &Path) -> Result<(), WhyLeftOut> {
    let found = match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => std::fs::read_dir(path).map(drop).map_err(SourceError::Unreadable),
        _ => opened(path).map(drop),
    };
    found.map_err(|error| why(path, &error))
}

/// How a file was named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum How {
    /// Itself.
    Itself,
    /// By a folder that it lies in; where that was a link, which.
    Folder(Option<PathBuf>),
}

/// What was named so far, by the real place of each file.
#[derive(Default)]
struct Named(HashMap<PathBuf, HashSet<How>>);

impl Named {
    /// A file that was named twice, itself and by its folder or by another spelling, goes once: as it came first. What has two names on
    /// disk is two files: so each name of a folder that is a link, and the folder itself, are as many folders.
    fn is_new(
        &mut self,
        found: &Found,
        how: &How,
        real: &HashMap<PathBuf, PathBuf>,
        spelt: Option<&OsStr>,
    ) -> bool {
        let (Some(folder), Some(name)) = (found.path.parent(), found.path.file_name()) else { return true };
        let real = real.get(folder).map_or(folder, PathBuf::as_path);
        let before = self.0.entry(real.join(spelt.unwrap_or(name))).or_default();
        let twice = match how {
            How::Itself => !before.is_empty(),
            How::Folder(_) => before.contains(how) || before.contains(&How::Itself),
        };
        if !twice {
            before.insert(how.clone());
        }
        !twice
    }
}

/// The name of a file as the disk has it, where upper and lower case are one and a file has many spellings. A link keeps its own.
fn spelled(path: &Path) -> Option<OsString> {
    let own = cfg!(any(windows, target_os = "macos"))
        && std::fs::symlink_metadata(path).is_ok_and(|found| !found.is_symlink());
    let real = if own { real(path).ok() } else { None };
    real.and_then(|real| real.file_name().map(OsStr::to_owned))
}

/// Looks at files below a folder: the folders of each are those between, without that one. `go_on` is asked before each. Blocks: for a
/// thread of its own.
#[must_use]
pub fn look_below(root: &Path, files: &[PathBuf], mut go_on: impl FnMut() -> bool) -> Intake {
    let mut intake = Intake::default();
    for file in files.iter().take_while(|_| go_on()) {
        let folders = file.parent().map(slashed).unwrap_or_default();
        take(&root.join(file), folders, &mut intake);
    }
    intake
}

fn walk(root: &Path, own_data: Option<&Path>, intake: &mut Intake, go_on: &mut dyn FnMut() -> bool) {
    let (before, left_before) = (intake.files.len(), intake.left_out.len());
    let own = root.file_name().map(Path::new);
    // Links to folders are not followed: a loop of them has no end. Links to files are taken in as files.
    let exact = to_walk(root);
    let named = |found: &Path| as_named(root, &exact, found);
    // Only one of its name is looked at more closely.
    let is_own = |entry: &DirEntry| {
        let name = own_data.and_then(Path::file_name);
        let called = name.is_some_and(|name| entry.file_name().eq_ignore_ascii_case(name));
        called && entry.file_type().is_dir() && is_in(entry.path(), own_data)
    };
    let mut entries = WalkDir::new(&exact).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next().filter(|_| go_on()) {
        match entry {
            Ok(entry) if is_own(&entry) => {
                leave(intake, &named(entry.path()), WhyLeftOut::OwnData);
                entries.skip_current_dir();
            }
            // The named one itself may be a link.
            Ok(entry) if entry.depth() == 0 || entry.file_type().is_dir() => {}
            Ok(entry) if is_ignored(entry.path()) => {
                leave(intake, &named(entry.path()), WhyLeftOut::Ignored);
            }
            Ok(entry) if entry.file_type().is_symlink() && entry.path().is_dir() => {
                leave(intake, &named(entry.path()), WhyLeftOut::LinkToFolder);
            }
            Ok(entry) => {
                let inside = entry.path().strip_prefix(&exact).ok().and_then(Path::parent).unwrap_or(root);
                let folders = own.map_or_else(|| inside.to_owned(), |own| own.join(inside));
                take(&named(entry.path()), slashed(&folders), intake);
            }
            Err(error) => {
                let path = error.path().map_or_else(|| root.to_owned(), named);
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
    let (seen, elsewhere, source) = match opened(path) {
        Ok(opened) => opened,
        Err(error) => return leave(intake, path, why(path, &error)),
    };
    let Seen { identity, born_ns } = seen;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    // The name says more where it says anything: many types begin like another (a .docx like a .zip).
    let by_name = mime_guess::from_path(path).first().map(|mime| mime.essence_str().to_owned());
    let mime = by_name.or_else(|| by_content(&source?, identity.size)).unwrap_or_else(|| UNKNOWN.to_owned());
    intake.files.push(Found { path: path.to_owned(), name, folders, identity, born_ns, mime, elsewhere });
}

/// A file as it is now, and opened where it can be read here and now: one whose content is elsewhere would be fetched by reading it, and
/// one that another program has for itself can be read when that lets it go.
fn opened(path: &Path) -> Result<(Seen, bool, Option<source::Source>), SourceError> {
    match source::Source::open(path) {
        Ok(source) => {
            let seen = Seen { identity: source.identity(), born_ns: source.born_ns() };
            let elsewhere = source.is_elsewhere();
            Ok((seen, elsewhere, (!elsewhere).then_some(source)))
        }
        Err(SourceError::Unreadable(error)) if is_in_use(&error) => {
            let at = at::look(path)?;
            Ok((at.seen, at.elsewhere, None))
        }
        Err(error) => Err(error),
    }
}

/// The type that the first bytes tell of.
fn by_content(source: &source::Source, size: u64) -> Option<String> {
    let mut first = vec![0; usize::try_from(size).map_or(LOOKED_AT, |size| size.min(LOOKED_AT))];
    // One that cannot be read now is told when it is sent.
    source.read_at(&mut first, 0).ok()?;
    infer::get(&first).map(|found| found.mime_type().to_owned())
}

fn why(path: &Path, error: &SourceError) -> WhyLeftOut {
    match error {
        SourceError::Missing if path.is_symlink() => WhyLeftOut::DeadLink,
        SourceError::Missing => WhyLeftOut::Missing,
        SourceError::NotAFile => WhyLeftOut::NotAFile,
        SourceError::NotItsSize(told) => WhyLeftOut::NotItsSize(*told),
        SourceError::Unreadable(io) => WhyLeftOut::Unreadable(plain(io)),
        SourceError::Silent | SourceError::Fetching => WhyLeftOut::DriveSilent,
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
mod tests;
