//! From named paths to files: walks folders, and reports what cannot be sent without holding up the rest.

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

/// The type of unknown content (RFC 2046, 4.5.1).
const UNKNOWN: &str = "application/octet-stream";

/// How much of a file's beginning is examined; nearly all types are recognizable within the first few
/// hundred bytes.
const LOOKED_AT: usize = 4096;

/// A file that can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its path.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// The folders from the named one (inclusive) down to the file, separated by `/`; empty for a file that
    /// was named itself.
    pub folders: String,
    /// Identifies this version of the file.
    pub identity: FileIdentity,
    /// When the file was created, nanoseconds since the Unix epoch, if known.
    pub born_ns: Option<i64>,
    /// MIME type by name, or else by content.
    pub mime: String,
    /// Whether its content is stored elsewhere and fetched on read.
    pub elsewhere: bool,
}

impl Found {
    /// In the form of a watched folder's ledger.
    pub(crate) const fn seen(&self) -> Seen {
        Seen { identity: self.identity, born_ns: self.born_ns }
    }
}

/// The result of taking in named paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intake {
    /// Files that can be sent, sorted by name within each folder.
    pub files: Vec<Found>,
    /// What cannot be sent.
    pub left_out: Vec<LeftOut>,
    /// Fields set for these files, possibly with placeholders in braces; unset ones use the destination's
    /// defaults.
    pub set: Fields,
}

/// The result of looking at one named path.
pub(crate) struct Looked {
    intake: Intake,
    how: How,
    /// The canonical path of each folder with files in it.
    real: HashMap<PathBuf, PathBuf>,
    /// The on-disk spelling of a file that was named itself, where several spellings are possible.
    spelt: Option<OsString>,
}

/// Looks at paths and walks folders. Blocks: call it on a separate thread.
#[must_use]
pub fn look(paths: &[PathBuf]) -> Intake {
    put_together(paths.iter().map(|path| look_at(path, None, &mut || true)).collect())
}

/// Looks at a named path, and walks it if it is a folder; `go_on` is called at each step. `own` is
/// Partway's data folder, of which nothing is sent. Blocks.
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

/// Whether a path is the given folder (a canonical path) or inside it.
fn is_in(path: &Path, folder: Option<&Path>) -> bool {
    folder.is_some_and(|folder| path.canonicalize().is_ok_and(|real| real.starts_with(folder)))
}

/// The result for a path whose drive does not answer: nothing is taken in.
pub(crate) fn unanswered(path: &Path) -> Looked {
    let mut intake = Intake::default();
    leave(&mut intake, path, WhyLeftOut::DriveSilent);
    Looked { intake, how: How::Itself, real: HashMap::new(), spelt: None }
}

/// Combines all results, in order.
pub(crate) fn put_together(all: Vec<Looked>) -> Intake {
    let (mut intake, mut named) = (Intake::default(), Named::default());
    for Looked { intake: found, how, real, spelt } in all {
        intake.left_out.extend(found.left_out);
        let new = |found: &Found| named.is_new(found, &how, &real, spelt.as_deref());
        intake.files.extend(found.files.into_iter().filter(new));
    }
    intake
}

/// A path without `..` that ends in a name: so it stays valid if a folder along the way is removed, and
/// contains the name of the file or folder. A dangling one is unchanged.
fn straight(path: &Path) -> PathBuf {
    let dots = |part: Component<'_>| matches!(part, Component::ParentDir | Component::CurDir);
    let straight = match path.file_name() {
        Some(_) if !path.components().any(dots) && !ends_in_dot(path) => None,
        // A final name may be a link's, and is kept; a dot follows the link.
        Some(name) if !ends_in_dot(path) => path
            .parent()
            .map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
            .and_then(|folder| real(folder).ok())
            .map(|folder| folder.join(name)),
        _ => real(path).ok(),
    };
    straight.unwrap_or_else(|| path.to_owned())
}

/// `a/.`, whose file name is `a` according to the standard library.
fn ends_in_dot(path: &Path) -> bool {
    let separator = |byte: u8| byte == b'/' || (cfg!(windows) && byte == b'\\');
    let written = path.as_os_str().as_encoded_bytes();
    let end = written.iter().rposition(|byte| !separator(*byte)).map_or(0, |last| last + 1);
    let begin = written[..end].iter().rposition(|byte| separator(*byte)).map_or(0, |last| last + 1);
    &written[begin..end] == b"."
}

/// Whether a named path can be taken in, judged by one look: no folder is walked. Blocks: call it on a
/// separate thread.
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
    /// Directly.
    Itself,
    /// By a folder that it is in; if that was a link, which one.
    Folder(Option<PathBuf>),
}

/// What was named so far, by the canonical path of each file.
#[derive(Default)]
struct Named(HashMap<PathBuf, HashSet<How>>);

impl Named {
    /// Whether a file is new. A file that was named twice, directly and by its folder or by another
    /// spelling, is sent once, as it came first. Two names on disk are two files: so each link to a folder,
    /// and the folder itself, count separately.
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

/// A file's name as on disk, on systems that ignore case and allow several spellings. A link keeps its own.
fn spelled(path: &Path) -> Option<OsString> {
    let own = cfg!(any(windows, target_os = "macos"))
        && std::fs::symlink_metadata(path).is_ok_and(|found| !found.is_symlink());
    let real = if own { real(path).ok() } else { None };
    real.and_then(|real| real.file_name().map(OsStr::to_owned))
}

/// Looks at files below a folder; each one's folders are those in between, without the root. `go_on` is
/// called before each. Blocks: call it on a separate thread.
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
    // Links to folders are not followed, since they may form a loop. Links to files are taken in as files.
    let exact = to_walk(root);
    let named = |found: &Path| as_named(root, &exact, found);
    // Only a folder of that name is examined more closely.
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
            // The root itself may be a link.
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
    // The name is more specific if it is conclusive: many types begin like another one (a .docx like a
    // .zip).
    let by_name = mime_guess::from_path(path).first().map(|mime| mime.essence_str().to_owned());
    let mime = by_name.or_else(|| by_content(&source?, identity.size)).unwrap_or_else(|| UNKNOWN.to_owned());
    intake.files.push(Found { path: path.to_owned(), name, folders, identity, born_ns, mime, elsewhere });
}

/// A file's current state, and the open file if it can be read right now. Reading one whose content is
/// elsewhere would fetch it, and one that another program has locked becomes readable later.
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

/// The type indicated by the first bytes.
fn by_content(source: &source::Source, size: u64) -> Option<String> {
    let mut first = vec![0; usize::try_from(size).map_or(LOOKED_AT, |size| size.min(LOOKED_AT))];
    // If it cannot be read now, that is reported when it is sent.
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

/// Files that systems leave behind and users do not mean to send.
#[must_use]
pub fn is_ignored(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    matches!(name.as_str(), ".ds_store" | "thumbs.db" | "desktop.ini" | ".localized")
        || name.starts_with("._")
}

#[cfg(test)]
mod tests;
