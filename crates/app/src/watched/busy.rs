//! Which files a program has open for writing, where that can be known.

use std::path::PathBuf;

/// Of these files those that are known to be open for writing. Blocks.
pub(super) fn written(files: &[PathBuf]) -> Vec<bool> {
    system::written(files)
}

#[cfg(target_os = "linux")]
mod system {
    //! Linux tells of every process of the same user which files it has open, and how. Of other users' it does not.

    use std::collections::HashSet;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use super::PathBuf;

    /// More open files than this are not looked at: the machine has other things to do.
    const MOST: usize = 200_000;

    /// The bit of `/proc/PID/fd/N`'s own mode that says that it may be written through (proc(5)).
    const WRITABLE: u32 = 0o200;

    pub(super) fn written(files: &[PathBuf]) -> Vec<bool> {
        let open = open_for_writing(Path::new("/proc"));
        let is_open = |file: &PathBuf| {
            std::fs::symlink_metadata(file).is_ok_and(|meta| open.contains(&(meta.dev(), meta.ino())))
        };
        files.iter().map(is_open).collect()
    }

    /// Device and inode of every file that a process we may look into has open for writing.
    fn open_for_writing(proc: &Path) -> HashSet<(u64, u64)> {
        let mut open = HashSet::new();
        let mut looked = 0;
        let Ok(processes) = std::fs::read_dir(proc) else { return open };
        for process in processes.flatten() {
            let is_process = process.file_name().to_string_lossy().bytes().all(|byte| byte.is_ascii_digit());
            if !is_process {
                continue;
            }
            // That of another user, or one that has just ended.
            let Ok(opened) = std::fs::read_dir(process.path().join("fd")) else { continue };
            for entry in opened.flatten() {
                looked += 1;
                if looked > MOST {
                    return open;
                }
                let path = entry.path();
                let writable = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.mode() & WRITABLE != 0);
                if writable
                    && let Ok(file) = std::fs::metadata(&path)
                    && file.is_file()
                {
                    open.insert((file.dev(), file.ino()));
                }
            }
        }
        open
    }
}

#[cfg(windows)]
mod system {
    //! Windows refuses to open a file for reading alone, shared with readers alone, while somebody has it open for writing.

    use std::os::windows::fs::OpenOptionsExt;

    use super::PathBuf;

    /// `FILE_SHARE_READ` (winnt.h).
    const SHARE_READ: u32 = 1;
    /// `ERROR_SHARING_VIOLATION` (winerror.h).
    const SHARING_VIOLATION: i32 = 32;

    pub(super) fn written(files: &[PathBuf]) -> Vec<bool> {
        let refused = |file: &PathBuf| {
            let opened = std::fs::OpenOptions::new().read(true).share_mode(SHARE_READ).open(file);
            opened.is_err_and(|error| error.raw_os_error() == Some(SHARING_VIOLATION))
        };
        files.iter().map(refused).collect()
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
mod system {
    //! Elsewhere it is not known: that a file is still has to be enough.

    use super::PathBuf;

    pub(super) fn written(files: &[PathBuf]) -> Vec<bool> {
        vec![false; files.len()]
    }
}

#[cfg(all(test, any(target_os = "linux", windows)))]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_open_for_writing_is_told_from_one_that_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| -> PathBuf {
            let path = dir.path().join(name);
            std::fs::write(&path, "x").unwrap();
            path
        };
        let files = [file("written"), file("read"), file("closed"), dir.path().join("gone")];
        let writer = std::fs::OpenOptions::new().append(true).open(&files[0]).unwrap();
        let _reader = std::fs::File::open(&files[1]).unwrap();
        assert_eq!(written(&files), [true, false, false, false]);
        drop(writer);
        assert_eq!(written(&files), [false; 4]);
    }

    #[test]
    fn the_files_of_another_process_are_seen_too() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "x").unwrap();
        let out = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        // It ends when its standard input does.
        let mut child = std::process::Command::new(if cfg!(windows) { "findstr" } else { "cat" })
            .stdin(std::process::Stdio::piped())
            .stdout(out)
            .spawn()
            .unwrap();
        let file = [path];
        assert_eq!(written(&file), [true]);
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(written(&file), [false]);
    }
}
