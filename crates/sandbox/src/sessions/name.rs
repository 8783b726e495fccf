//! Names of objects: unchanged if a file system can carry them, and never outside `objects/`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Longest name on every common file system, bytes.
const LONGEST: usize = 255;

/// Why a name cannot be an object's.
pub(crate) type Reason = &'static str;

/// A file's name, or why it cannot be one.
pub(crate) fn file(name: &str) -> Result<String, Reason> {
    segment(name)
}

/// A folder: segments separated by slashes, empty ones dropped. Empty for the root.
pub(crate) fn folder(folder: &str) -> Result<String, Reason> {
    let segments: Result<Vec<_>, _> = folder.split('/').filter(|s| !s.is_empty()).map(segment).collect();
    let joined = segments?.join("/");
    if joined.len() > 1024 { Err("is longer than 1,024 bytes") } else { Ok(joined) }
}

fn segment(name: &str) -> Result<String, Reason> {
    match name {
        "" => return Err("is empty"),
        "." | ".." => return Err("is a way through folders, not a name"),
        _ => {}
    }
    if name.contains(['/', '\0']) {
        return Err("holds a character that no file name can hold");
    }
    if name.len() > LONGEST {
        return Err("is longer than 255 bytes");
    }
    let refused = |c: char| cfg!(windows) && (c.is_control() || "\\<>:\"|?*".contains(c));
    let mut kept: String = name.chars().map(|c| if refused(c) { '_' } else { c }).collect();
    if cfg!(windows) && kept.ends_with(['.', ' ']) {
        kept.push('_'); // Windows drops these at the end, and two names would become one
    }
    if cfg!(windows) && is_device(&kept) {
        kept.insert(0, '_');
    }
    Ok(kept)
}

/// Whether Windows takes the name for a device's, in any folder and with any extension (learn.microsoft.com,
/// "Naming Files, Paths, and Namespaces").
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = |device| {
        stem.strip_prefix(device).is_some_and(|n| n.chars().count() == 1 && "0123456789¹²³".contains(n))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT")
}

/// Adds a random prefix, as a client may request.
pub(crate) fn prefixed(name: &str, prefix: &str) -> String {
    shortened(name, &format!("{prefix}-"), "")
}

/// A free path for the object: creates the folder, and adds a number before the extension if the name is
/// taken. The caller must keep others from searching at the same time.
pub(crate) fn free(objects: &Path, folder: &str, name: &str) -> io::Result<PathBuf> {
    let mut dir = objects.to_owned();
    for wanted in folder.split('/').filter(|s| !s.is_empty()) {
        dir = first(&dir, wanted, |path| path.is_dir() || !taken(path));
    }
    fs::create_dir_all(&dir)?;
    Ok(first(&dir, name, |path| !taken(path)))
}

fn taken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn first(dir: &Path, name: &str, good: impl Fn(&Path) -> bool) -> PathBuf {
    let mut path = dir.join(name);
    for number in 2_u64.. {
        if good(&path) {
            break;
        }
        path = dir.join(shortened(name, "", &format!("-{number}")));
    }
    path
}

/// Adds text before the name and before its extension, and shortens the middle if the result is too long.
fn shortened(name: &str, before: &str, after: &str) -> String {
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 32 => name.split_at(dot),
        _ => (name, ""),
    };
    let mut room = LONGEST.saturating_sub(before.len() + after.len() + extension.len()).min(stem.len());
    while !stem.is_char_boundary(room) {
        room -= 1;
    }
    format!("{before}{}{after}{extension}", &stem[..room])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Component;

    proptest! {
        #[test]
        fn no_name_leaves_the_folder(name in any::<String>(), within in any::<String>()) {
            let (Ok(name), Ok(within)) = (file(&name), folder(&within)) else { return Ok(()) };
            let path = PathBuf::from(within).join(name);
            prop_assert!(path.components().all(|c| matches!(c, Component::Normal(_))), "{path:?}");
        }

        #[test]
        fn a_longer_name_still_fits(name in "\\PC{1,255}", number in 2_u64..) {
            let Ok(name) = file(&name) else { return Ok(()) };
            let after = format!("-{number}");
            prop_assert!(shortened(&name, "0123abcd-", &after).len() <= LONGEST);
        }
    }

    #[test]
    fn ways_through_folders_are_refused() {
        for name in ["", ".", "..", "a/b", "/etc/passwd", "a\0b"] {
            assert!(file(name).is_err(), "{name:?}");
        }
        assert!(folder("a/../b").is_err());
        assert_eq!(folder("/a//b/"), Ok("a/b".to_owned()));
        assert_eq!(folder(""), Ok(String::new()));
    }

    #[test]
    fn devices_of_windows_are_known_by_their_names() {
        for name in ["CON", "nul.mov", "Com1.tar.gz", "LPT9", "aux ", "COM¹"] {
            assert!(is_device(name), "{name}");
        }
        for name in ["", "CONS", "COM", "COM10", "x.con", "nul-1.mov"] {
            assert!(!is_device(name), "{name}");
        }
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let dir = tempfile::tempdir().unwrap();
        let mut seen = Vec::new();
        for _ in 0..3 {
            let path = free(dir.path(), "f", "x.tar.mov").unwrap();
            fs::write(&path, "").unwrap();
            seen.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
        assert_eq!(seen, ["x.tar.mov", "x.tar-2.mov", "x.tar-3.mov"]);
    }

    #[test]
    fn a_folder_whose_name_is_a_file_gets_another() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("f"), "").unwrap();
        assert_eq!(free(dir.path(), "f", "x").unwrap(), dir.path().join("f-2/x"));
    }
}
