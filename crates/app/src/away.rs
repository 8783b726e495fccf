//! Names the drive or folder of files that are missing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A drive or a folder, as users know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its name.
    pub(crate) name: String,
    /// Whether it is a removable or network drive.
    pub(crate) drive: bool,
}

/// A missing place and how many files wait for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Away {
    pub(crate) place: Place,
    pub(crate) files: u32,
}

/// Groups missing files by drive or folder. Never touches a disk: one that hangs would block everything.
pub(crate) fn places(paths: &[PathBuf]) -> BTreeMap<String, Away> {
    let mut all = BTreeMap::new();
    for path in paths {
        let (key, place) = keyed(&path.to_string_lossy());
        all.entry(key).or_insert(Away { place, files: 0 }).files += 1;
    }
    all
}

/// The place that holds a file.
pub(crate) fn place(path: &Path) -> Place {
    keyed(&path.to_string_lossy()).1
}

/// The place that holds a named path, which may be the drive itself.
pub(crate) fn named(path: &str) -> Place {
    let (of, itself) = (place(Path::new(path)), place(&Path::new(path).join("in")));
    if !of.drive && itself.drive { itself } else { of }
}

/// The place's path and the place.
fn keyed(path: &str) -> (String, Place) {
    let parts: Vec<&str> = path.split(['/', '\\']).collect();
    // "/a/b" begins with an empty part, so the indices count from 1.
    let drive = match parts.as_slice() {
        ["", "media", _, name, _, ..] => Some((5 - 1, *name)),
        ["", "run", "media", _, name, _, ..] => Some((5, *name)),
        ["", "Volumes" | "mnt", name, _, ..] => Some((3, *name)),
        ["", "", host, share, _, ..] if path.starts_with("\\\\") => {
            Some((4, if share.is_empty() { *host } else { *share }))
        }
        [letter, _, ..]
            if letter.len() == 2 && letter.ends_with(':') && !letter.eq_ignore_ascii_case("c:") =>
        {
            Some((1, *letter))
        }
        _ => None,
    };
    if let Some((depth, name)) = drive {
        return (parts[..depth].join("/"), Place { name: name.to_owned(), drive: true });
    }
    let folder = &parts[..parts.len().saturating_sub(1)];
    let name = folder.last().copied().unwrap_or_default().to_owned();
    (folder.join("/"), Place { name, drive: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_away_lie_on_a_drive_or_in_a_folder() {
        let told = |path: &str| {
            let (key, Place { name, drive }) = keyed(path);
            format!("{key} {name} {drive}")
        };
        assert_eq!(told("/media/ada/T7/day 1/a.mov"), "/media/ada/T7 T7 true");
        assert_eq!(told("/run/media/ada/T7/a.mov"), "/run/media/ada/T7 T7 true");
        assert_eq!(told("/Volumes/Card A001/a.mov"), "/Volumes/Card A001 Card A001 true");
        assert_eq!(told("/home/ada/films/a.mov"), "/home/ada/films films false");
        assert_eq!(told("E:\\day 1\\a.mov"), "E: E: true");
        assert_eq!(told("C:\\films\\a.mov"), "C:/films films false");
        assert_eq!(told("\\\\nas\\films\\day 1\\a.mov"), "//nas/films films true");
        assert_eq!(told("\\\\nas\\\\day 1\\a.mov"), "//nas/ nas true");
        assert_eq!(told("/mnt/nas/a.mov"), "/mnt/nas nas true");
        assert_eq!(told("a.mov"), "  false");
        // Not drives: the folder that holds mounts, one on C:, a name with a colon, two leading slashes.
        assert_eq!(told("/media/ada/a.mov"), "/media/ada ada false");
        assert_eq!(told("c:\\films\\a.mov"), "c:/films films false");
        assert_eq!(told("ab:/films/a.mov"), "ab:/films films false");
        assert_eq!(told("//srv/films/day 1/a.mov"), "//srv/films/day 1 day 1 false");
    }

    #[test]
    fn a_thousand_files_of_one_drive_are_one_thing_to_tell() {
        let path = |n: u32| PathBuf::from(format!("/media/ada/T7/day {}/{n}.mov", n % 7));
        let told = places(&(0..1_000).map(path).collect::<Vec<_>>());
        let away = Away { place: Place { name: "T7".into(), drive: true }, files: 1_000 };
        assert_eq!(told.into_iter().collect::<Vec<_>>(), [("/media/ada/T7".to_owned(), away)]);
    }
}
