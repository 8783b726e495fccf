//! Detects files that a program has open for writing, where the system can say so.

use std::path::{Path, PathBuf};

/// Which of these files below a folder are known to be open for writing; polls `go_on` throughout. Touches no
/// drive but the folder's. Blocks.
pub(super) fn written(root: &Path, files: &[PathBuf], go_on: impl Fn() -> bool) -> Vec<bool> {
    system::written(root, files, go_on)
}

#[cfg(target_os = "linux")]
mod system {
    //! Linux lists the open files of the same user's processes and their modes, but not those of other users.

    use std::collections::HashSet;
    use std::os::unix::fs::MetadataExt;

    use partway_engine::Mounts;

    use super::{Path, PathBuf};

    /// Most open files to inspect, to spare the machine.
    const MOST: usize = 200_000;

    /// The bit in the mode of `/proc/PID/fd/N` that allows writing (proc(5)).
    const WRITABLE: u32 = 0o200;

    pub(super) fn written(root: &Path, files: &[PathBuf], go_on: impl Fn() -> bool) -> Vec<bool> {
        let number = |file: &PathBuf| {
            std::fs::symlink_metadata(file).ok().filter(|_| go_on()).map(|meta| (meta.dev(), meta.ino()))
        };
        let numbers: Vec<_> = files.iter().map(number).collect();
        let mounts = Mounts::now();
        let device = mounts.device(&root.canonicalize().unwrap_or_else(|_| root.to_owned()));
        let wanted =
            Wanted { inodes: numbers.iter().flatten().map(|(_, inode)| *inode).collect(), mounts, device };
        let open = open_for_writing(Path::new("/proc"), &wanted, go_on);
        numbers.iter().map(|number| number.is_some_and(|number| open.contains(&number))).collect()
    }

    /// Rules out open files without touching them: their drive may not answer.
    struct Wanted {
        inodes: HashSet<u64>,
        mounts: Mounts,
        /// The device of the mount that holds the files.
        device: Option<u64>,
    }

    impl Wanted {
        /// Checks the lines of `/proc/PID/fdinfo/N` (proc(5)); `ino` exists since Linux 5.14. An unknown
        /// mount may be another process's view of the same drive.
        fn may_be(&self, told: &str) -> bool {
            let number = |name: &str| {
                let line = told.lines().find_map(|line| line.strip_prefix(name));
                line.and_then(|number| number.trim().parse::<u64>().ok())
            };
            let mount = number("mnt_id:").and_then(|id| self.mounts.device_of_mount(id));
            number("ino:").is_none_or(|inode| self.inodes.contains(&inode))
                && mount.is_none_or(|device| self.device.is_none_or(|wanted| wanted == device))
        }
    }

    /// Device and inode of every candidate that an accessible process has open for writing.
    fn open_for_writing(proc: &Path, wanted: &Wanted, go_on: impl Fn() -> bool) -> HashSet<(u64, u64)> {
        let mut open = HashSet::new();
        if wanted.inodes.is_empty() {
            return open;
        }
        let mut looked = 0;
        let Ok(processes) = std::fs::read_dir(proc) else { return open };
        for process in processes.flatten().take_while(|_| go_on()) {
            let is_process = process.file_name().to_string_lossy().bytes().all(|byte| byte.is_ascii_digit());
            if !is_process {
                continue;
            }
            // Another user's process, or one that has just ended.
            let Ok(opened) = std::fs::read_dir(process.path().join("fd")) else { continue };
            for entry in opened.flatten() {
                looked += 1;
                if looked > MOST {
                    return open;
                }
                let path = entry.path();
                let writable = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.mode() & WRITABLE != 0);
                let told = || std::fs::read_to_string(process.path().join("fdinfo").join(entry.file_name()));
                if writable
                    && told().is_ok_and(|told| wanted.may_be(&told))
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
    //! Windows refuses to open a file for reading with only readers sharing while another process has it open
    //! for writing.

    use std::os::windows::fs::OpenOptionsExt;

    use super::{Path, PathBuf};

    /// `FILE_SHARE_READ` (winnt.h).
    const SHARE_READ: u32 = 1;
    /// `ERROR_SHARING_VIOLATION` (winerror.h).
    const SHARING_VIOLATION: i32 = 32;

    pub(super) fn written(_root: &Path, files: &[PathBuf], go_on: impl Fn() -> bool) -> Vec<bool> {
        let refused = |file: &PathBuf| {
            if !go_on() {
                return false;
            }
            let opened = std::fs::OpenOptions::new().read(true).share_mode(SHARE_READ).open(file);
            opened.is_err_and(|error| error.raw_os_error() == Some(SHARING_VIOLATION))
        };
        files.iter().map(refused).collect()
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
mod system {
    //! Unknown on other systems: waiting until a file is still has to do.

    use super::{Path, PathBuf};

    pub(super) fn written(_root: &Path, files: &[PathBuf], _go_on: impl Fn() -> bool) -> Vec<bool> {
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
        let written = || written(dir.path(), &files, || true);
        assert_eq!(written(), [true, false, false, false]);
        drop(writer);
        assert_eq!(written(), [false; 4]);
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
        assert_eq!(written(dir.path(), &file, || true), [true]);
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(written(dir.path(), &file, || true), [false]);
    }
}
