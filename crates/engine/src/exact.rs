//! Paths by which Windows opens exactly the name that a directory listing returned. Windows drops trailing
//! dots and spaces and treats some names as devices ("Naming Files, Paths, and Namespaces"), except in
//! paths that begin with `\\?\`. Otherwise `a.mov ` would be sent as `a.mov`, which may be another file.
//!
//! Such paths are never shown: they are made where a file is opened, and undone where a folder was walked.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

/// The path that opens exactly this name.
#[must_use]
pub fn exact(path: &Path) -> Cow<'_, Path> {
    #[cfg(windows)]
    if system::has_rewritten(path) {
        return Cow::Owned(system::verbatim(path));
    }
    Cow::Borrowed(path)
}

/// Like [`exact`], for libraries that call Windows themselves, such as SQLite: their paths are limited to
/// 260 characters ("Maximum Path Length Limitation"), except those with this prefix. SQLite appends a few
/// characters of its own.
pub(crate) fn for_libraries(path: &Path) -> Cow<'_, Path> {
    #[cfg(windows)]
    if path.as_os_str().len() > 240 || system::has_rewritten(path) {
        return Cow::Owned(system::verbatim(path));
    }
    Cow::Borrowed(path)
}

/// The path to walk a folder by, so that every folder below is found under its exact name.
#[must_use]
pub fn to_walk(root: &Path) -> PathBuf {
    #[cfg(windows)]
    return system::verbatim(&std::path::absolute(root).unwrap_or_else(|_| root.to_owned()));
    #[cfg(not(windows))]
    root.to_owned()
}

/// Turns a path found by walking `walked` ([`to_walk`]) back into the familiar form, below the root as it
/// was named.
#[must_use]
pub fn as_named(root: &Path, walked: &Path, found: &Path) -> PathBuf {
    match found.strip_prefix(walked) {
        Ok(below) if below.as_os_str().is_empty() => root.to_owned(),
        Ok(below) => root.join(below),
        Err(_) => found.to_owned(),
    }
}

/// The canonical path, without links and dots, in the familiar form. Blocks.
///
/// # Errors
/// The operating system's error.
pub fn real(path: &Path) -> io::Result<PathBuf> {
    exact(path).canonicalize().map(|real| as_known(&real).into_owned())
}

/// A path in the familiar form: Windows returns one that begins with `\\?\`, which users need not see
/// ([`exact`] restores it if needed).
#[must_use]
pub fn as_known(path: &Path) -> Cow<'_, Path> {
    #[cfg(windows)]
    if let Some(known) = system::known(path) {
        return Cow::Owned(known);
    }
    Cow::Borrowed(path)
}

/// Whether Windows rewrites this name.
#[cfg(any(windows, test))]
fn is_rewritten(name: &str) -> bool {
    name.ends_with(['.', ' ']) || is_device(name)
}

/// Whether a name is a device's, in any folder and with any extension.
#[cfg(any(windows, test))]
fn is_device(name: &str) -> bool {
    let stem = name.split(['.', ':']).next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = |device| {
        stem.strip_prefix(device).is_some_and(|n: &str| n.chars().count() == 1 && "0123456789¹²³".contains(n))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT")
}

#[cfg(windows)]
mod system {
    use std::ffi::OsString;
    use std::path::{Component, Path, PathBuf, Prefix};

    use super::is_rewritten;

    pub(super) fn has_rewritten(path: &Path) -> bool {
        path.components()
            .any(|part| matches!(part, Component::Normal(name) if is_rewritten(&name.to_string_lossy())))
    }

    /// `C:\a` becomes `\\?\C:\a`, `\\nas\films\a` becomes `\\?\UNC\nas\films\a`; any other is unchanged.
    pub(super) fn verbatim(path: &Path) -> PathBuf {
        let mut parts = path.components();
        let (Some(Component::Prefix(prefix)), Some(Component::RootDir)) = (parts.next(), parts.next()) else {
            return path.to_owned();
        };
        let mut whole = match prefix.kind() {
            Prefix::Disk(letter) => OsString::from(format!(r"\\?\{}:", char::from(letter))),
            Prefix::UNC(server, share) => joined(r"\\?\UNC", [server, share]),
            _ => return path.to_owned(),
        };
        let mut names = 0;
        for part in parts {
            match part {
                Component::Normal(name) => {
                    whole.push(r"\");
                    whole.push(name);
                    names += 1;
                }
                Component::CurDir => {}
                _ => return path.to_owned(),
            }
        }
        if names == 0 {
            whole.push(r"\");
        }
        whole.into()
    }

    /// `\\?\C:\a` becomes `C:\a`, `\\?\UNC\nas\films\a` becomes `\\nas\films\a`; any other, such as a
    /// volume GUID path, has no other spelling.
    pub(super) fn known(path: &Path) -> Option<PathBuf> {
        let mut parts = path.components();
        let Some(Component::Prefix(prefix)) = parts.next() else { return None };
        let mut whole = match prefix.kind() {
            Prefix::VerbatimDisk(letter) => OsString::from(format!("{}:", char::from(letter))),
            Prefix::VerbatimUNC(server, share) => joined(r"\", [server, share]),
            _ => return None,
        };
        whole.push(parts.as_path());
        Some(whole.into())
    }

    fn joined(first: &str, parts: [&std::ffi::OsStr; 2]) -> OsString {
        let mut whole = OsString::from(first);
        for part in parts {
            whole.push(r"\");
            whole.push(part);
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_windows_makes_others_of_are_known() {
        for name in
            ["a.", "a ", "a. .", "CON", "nul.mov", "Com1.tar.gz", "LPT9", "aux ", "COM¹", "con:x", "conin$"]
        {
            assert!(is_rewritten(name), "{name}");
        }
        for name in ["", "a", ".a", " a", "a.b", "CONS", "COM", "COM10", "x.con", "nul-1.mov", "LPT"] {
            assert!(!is_rewritten(name), "{name}");
        }
    }

    #[cfg(windows)]
    #[test]
    fn a_path_is_made_exact_only_where_that_matters_and_comes_back() {
        let of = |path: &str| exact(Path::new(path)).to_string_lossy().into_owned();
        assert_eq!(of(r"C:\a\b.mov"), r"C:\a\b.mov");
        assert_eq!(of(r"C:\a \b.mov"), r"\\?\C:\a \b.mov");
        assert_eq!(of(r"C:/a/AUX.mov"), r"\\?\C:\a\AUX.mov");
        assert_eq!(of(r"\\nas\films\a."), r"\\?\UNC\nas\films\a.");
        // A drive-relative path, a device, and a path that is already exact.
        for same in [r"C:a.", r"\\.\CON", r"\\?\C:\a.", "a."] {
            assert_eq!(of(same), same);
        }
        for path in [r"C:\", r"C:\a\b", r"\\nas\films\a"] {
            let walked = to_walk(Path::new(path));
            assert!(walked.as_os_str().to_string_lossy().starts_with(r"\\?\"), "{walked:?}");
            assert_eq!(as_named(Path::new(path), &walked, &walked.join("b ")), Path::new(path).join("b "));
        }
    }

    #[cfg(windows)]
    #[test]
    fn a_real_path_is_told_as_people_know_it() {
        let of = |path: &str| as_known(Path::new(path)).to_string_lossy().into_owned();
        assert_eq!(of(r"\\?\C:\a\b.mov"), r"C:\a\b.mov");
        assert_eq!(of(r"\\?\C:\"), r"C:\");
        assert_eq!(of(r"\\?\C:\a \CON"), r"C:\a \CON");
        assert_eq!(of(r"\\?\UNC\nas\films\a\b"), r"\\nas\films\a\b");
        // And back again.
        for path in [r"\\?\C:\a \CON", r"\\?\UNC\nas\films\a."] {
            assert_eq!(exact(&as_known(Path::new(path))).as_ref(), Path::new(path));
        }
        // Paths that have no other spelling.
        for same in [r"C:\a", r"\\?\Volume{0}\a", r"\\.\CON", r"a\b", ""] {
            assert_eq!(of(same), same);
        }
    }

    #[test]
    fn a_real_path_is_one_that_a_person_could_have_typed() {
        let dir = tempfile::tempdir().unwrap();
        let around = dir.path().join("..").join(dir.path().file_name().unwrap());
        let real = real(&around).unwrap();
        assert!(!real.to_string_lossy().contains('?') && !real.to_string_lossy().contains(".."), "{real:?}");
        assert!(std::fs::metadata(&real).unwrap().is_dir());
    }

    #[test]
    fn a_library_opens_files_whose_paths_are_long() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("x".repeat(100)).join("y".repeat(100)).join("z".repeat(100));
        std::fs::create_dir_all(&folder).unwrap();
        let opened = crate::journal::Journal::open(&folder, 0).unwrap();
        assert_eq!(opened.set_aside, None);
        assert!(folder.join("journal.db").exists());
    }

    #[test]
    fn what_a_walk_finds_is_told_below_the_root_as_it_was_named() {
        let root = Path::new("a folder");
        let walked = to_walk(root);
        assert_eq!(as_named(root, &walked, &walked), root);
        assert_eq!(as_named(root, &walked, &walked.join("b").join("c.mov")), root.join("b").join("c.mov"));
        assert_eq!(as_named(root, &walked, Path::new("elsewhere")), Path::new("elsewhere"));
    }

    #[test]
    fn a_name_that_windows_would_make_another_of_is_opened_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        for (name, text) in [("a", "one"), ("a ", "three"), ("a.", "four!")] {
            std::fs::write(root.join(name), text).unwrap();
        }
        let size = |name: &str| crate::at::look(&dir.path().join(name)).unwrap().seen.identity.size;
        assert_eq!((size("a"), size("a "), size("a.")), (3, 5, 5));
        let found = crate::scan::look(&[dir.path().to_owned()]).files;
        let found: Vec<_> = found.iter().map(|file| (file.name.as_str(), file.identity.size)).collect();
        assert_eq!(found, [("a", 3), ("a ", 5), ("a.", 5)]);
    }
}
