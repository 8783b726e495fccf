//! Looks up what is at a path: its type, its identity, and whether its content is on this computer.

use std::fs::{File, FileType, Metadata};
use std::io;
use std::path::Path;

use partway_core::{FileIdentity, FileTime};

use crate::watched::Seen;

/// The result of one look.
#[derive(Debug, Clone)]
pub struct At {
    /// File, directory, symlink, or other.
    pub kind: FileType,
    /// Its identity and current timestamps.
    pub seen: Seen,
    /// Number of hard links, if the system reports it.
    pub names: Option<u64>,
    /// The content is stored elsewhere (OneDrive, iCloud, an archive) and is fetched on read.
    pub elsewhere: bool,
}

/// Looks at what the path leads to, following links.
///
/// # Errors
/// The operating system's error.
pub fn look(path: &Path) -> io::Result<At> {
    system::look(path, true)
}

/// Looks at the path itself, which may be a link.
///
/// # Errors
/// The operating system's error.
pub fn look_at_itself(path: &Path) -> io::Result<At> {
    system::look(path, false)
}

/// Looks at an open file.
///
/// # Errors
/// The operating system's error.
pub(crate) fn look_at_open(file: &File) -> io::Result<At> {
    system::of_open(file)
}

/// When the file was created. Linux, macOS and Windows report it, as do most of their file systems.
fn born_ns(found: &Metadata) -> Option<i64> {
    found.created().ok().map(|born| FileTime::of(born).0)
}

#[cfg(unix)]
mod system {
    use std::os::unix::fs::MetadataExt as _;

    use super::{At, File, FileIdentity, FileTime, Metadata, Path, Seen, born_ns, io};

    pub(super) fn look(path: &Path, follow: bool) -> io::Result<At> {
        let found = if follow { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) };
        Ok(of(&found?))
    }

    pub(super) fn of_open(file: &File) -> io::Result<At> {
        Ok(of(&file.metadata()?))
    }

    fn of(found: &Metadata) -> At {
        let identity = FileIdentity {
            size: found.len(),
            modified: FileTime::new(found.mtime(), found.mtime_nsec()),
            changed: Some(FileTime::new(found.ctime(), found.ctime_nsec())),
            file_id: Some((found.dev(), found.ino())),
        };
        At {
            kind: found.file_type(),
            seen: Seen { identity, born_ns: born_ns(found) },
            names: Some(found.nlink()),
            elsewhere: is_elsewhere(found),
        }
    }

    /// `SF_DATALESS` (macOS, sys/stat.h): "the file is a dataless placeholder; the system will attempt to
    /// materialize it when accessed" (chflags(2)).
    #[cfg(target_os = "macos")]
    fn is_elsewhere(found: &Metadata) -> bool {
        use std::os::macos::fs::MetadataExt as _;
        const SF_DATALESS: u32 = 0x4000_0000;
        found.st_flags() & SF_DATALESS != 0
    }

    /// Other systems have no flag for it.
    #[cfg(not(target_os = "macos"))]
    const fn is_elsewhere(_found: &Metadata) -> bool {
        false
    }
}

#[cfg(windows)]
mod system {
    //! Windows reports a file's index and change time only for an open handle. A handle opened with no
    //! access rights ("CreateFileW", dwDesiredAccess: zero) is never refused and blocks no other program,
    //! even if one has the file open exclusively. It also fetches nothing of a file whose content is
    //! elsewhere.

    use std::os::windows::fs::{MetadataExt as _, OpenOptionsExt as _};

    use super::{At, File, FileIdentity, FileTime, Metadata, Path, Seen, born_ns, io};
    use crate::exact::exact;
    use crate::windows;

    /// winbase.h: the first is required to open a directory, the second opens a link itself.
    const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;

    pub(super) fn look(path: &Path, follow: bool) -> io::Result<At> {
        let path = &*exact(path);
        let link = if follow { 0 } else { FILE_FLAG_OPEN_REPARSE_POINT };
        let opened = std::fs::OpenOptions::new()
            .access_mode(0)
            .custom_flags(FILE_FLAG_BACKUP_SEMANTICS | link)
            .open(path);
        match opened {
            Ok(file) => of_open(&file),
            // Some files cannot even be queried, such as the system's page file; use its directory entry.
            Err(_) => {
                let found = if follow { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) };
                Ok(of(&found?, None))
            }
        }
    }

    pub(super) fn of_open(file: &File) -> io::Result<At> {
        Ok(of(&file.metadata()?, Some(file)))
    }

    fn of(found: &Metadata, file: Option<&File>) -> At {
        let told = file.and_then(|file| winapi_util::file::information(file).ok());
        let changed = file.and_then(|file| windows::change_time(file).ok());
        let identity = FileIdentity {
            size: found.len(),
            modified: found.modified().map_or(FileTime(0), FileTime::of),
            changed: changed.and_then(super::of_filetime),
            // Some redirectors assign no index.
            file_id: told
                .as_ref()
                .map(|told| (told.volume_serial_number(), told.file_index()))
                .filter(|(_, index)| *index != 0),
        };
        At {
            kind: found.file_type(),
            seen: Seen { identity, born_ns: born_ns(found) },
            names: told.map(|told| told.number_of_links()),
            elsewhere: super::is_placeholder(found.file_attributes()),
        }
    }
}

/// Converts a Windows FILETIME: steps of 100 ns since 1601. 0 if the file system keeps none, as FAT does
/// for the change time.
#[cfg(any(windows, test))]
const fn of_filetime(steps: i64) -> Option<FileTime> {
    /// Steps from 1601 to 1970.
    const EPOCH: i64 = 116_444_736_000_000_000;
    if steps == 0 { None } else { Some(FileTime(steps.wrapping_sub(EPOCH).wrapping_mul(100))) }
}

/// Whether Windows' attributes say that the content is not local ("File Attribute Constants"): `OFFLINE`,
/// `RECALL_ON_OPEN`, `RECALL_ON_DATA_ACCESS`.
#[cfg(any(windows, test))]
const fn is_placeholder(attributes: u32) -> bool {
    attributes & (0x1000 | 0x0004_0000 | 0x0040_0000) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(path: &Path) -> FileIdentity {
        look(path).unwrap().seen.identity
    }

    #[test]
    fn a_renamed_file_is_the_same_and_one_in_its_place_is_another() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        std::fs::write(&a, "one").unwrap();
        let before = identity(&a);
        std::fs::rename(&a, &b).unwrap();
        assert_eq!(identity(&b).file_id, before.file_id);
        std::fs::write(&a, "two").unwrap();
        assert_ne!(identity(&a).file_id, before.file_id);
        assert!(before.file_id.is_some());
    }

    #[test]
    fn a_file_overwritten_in_place_with_its_time_put_back_was_touched() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "one").unwrap();
        let time = std::fs::metadata(&path).unwrap().modified().unwrap();
        let noted = identity(&path);
        let noted = FileIdentity { changed: noted.changed.map(|FileTime(at)| FileTime(at - 1)), ..noted };
        let file = File::options().write(true).open(&path).unwrap();
        io::Write::write_all(&mut &file, b"two").unwrap();
        file.set_modified(time).unwrap();
        drop(file);
        assert!(noted.changed.is_some());
        assert_eq!(identity(&path).against(&noted), partway_core::Match::Touched);
    }

    #[test]
    fn each_name_of_a_file_is_counted_and_a_folder_can_be_told_too() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        std::fs::write(&a, "one").unwrap();
        std::fs::hard_link(&a, &b).unwrap();
        assert_eq!(look_at_itself(&a).unwrap().names, Some(2));
        assert_eq!(look(&a).unwrap().seen, look(&b).unwrap().seen);
        let folder = look(dir.path()).unwrap();
        assert!(folder.kind.is_dir() && folder.seen.identity.file_id.is_some());
        assert_eq!(look(&dir.path().join("no")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn an_open_file_is_told_as_its_path_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "one").unwrap();
        let file = File::open(&path).unwrap();
        assert_eq!(look_at_open(&file).unwrap().seen, look(&path).unwrap().seen);
    }

    #[test]
    fn a_moment_of_windows_is_one_of_ours() {
        assert_eq!(of_filetime(0), None, "there is none");
        assert_eq!(of_filetime(116_444_736_000_000_000), Some(FileTime(0)));
        assert_eq!(of_filetime(116_444_736_000_000_001), Some(FileTime(100)));
        assert_eq!(of_filetime(116_444_735_990_000_000), Some(FileTime(-1_000_000_000)));
    }

    #[test]
    fn what_is_only_in_the_cloud_is_told_by_its_attributes() {
        for elsewhere in [0x1000, 0x0004_0020, 0x0040_0020, 0x0040_1620] {
            assert!(is_placeholder(elsewhere), "{elsewhere:#x}");
        }
        // Archive; normal; read-only, hidden, system; sparse; reparse point; pinned and unpinned: all
        // local.
        for here in [0x20, 0x80, 0x7, 0x200, 0x400, 0x0008_0020, 0x0010_0020] {
            assert!(!is_placeholder(here), "{here:#x}");
        }
    }
}
