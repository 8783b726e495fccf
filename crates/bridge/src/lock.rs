//! The data folder's lock: its holder runs the engine.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::BridgeError;

/// The locked file in the data folder. It stays there, empty: if a locked file were removed, two processes
/// could lock two files.
const LOCK_FILE: &str = "lock";

/// The right to be the only process on a data folder. The system releases it when the process ends, however
/// it ends.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    _file: File,
}

impl FolderLock {
    /// Creates the folder if needed, makes it private to its owner, and takes its lock; `None` if another
    /// process has it.
    ///
    /// # Errors
    /// The folder cannot be created, made private or locked, is shared by all users, or holds other files
    /// than Partway's.
    pub fn take(data_dir: &Path) -> Result<Option<Self>, BridgeError> {
        let fault = |source| BridgeError::Folder { folder: data_dir.to_path_buf(), source };
        if is_foreign(data_dir) {
            return Err(BridgeError::Foreign(data_dir.to_path_buf()));
        }
        make_private(data_dir)?;
        // Two spellings of one folder must meet at one socket.
        let folder = fs::canonicalize(data_dir).map_err(fault)?;
        let file = open_private(&folder.join(LOCK_FILE)).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { folder, _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(fault(source)),
        }
    }

    /// The folder, absolute and without symbolic links.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Every folder that Partway has used contains one of these.
const OURS: [&str; 3] = [LOCK_FILE, "journal.db", "socket"];

/// Whether the folder has contents, but none of Partway's. Later steps report one that cannot be read.
fn is_foreign(folder: &Path) -> bool {
    let holds_something = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    holds_something && !OURS.iter().any(|name| folder.join(name).exists())
}

#[cfg(unix)]
fn make_private(folder: &Path) -> Result<(), BridgeError> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

    /// `S_ISVTX` of inode(7): set on /tmp and the like, which must stay open to all.
    const STICKY: u32 = 0o1000;

    let fault = |source| BridgeError::Folder { folder: folder.to_path_buf(), source };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fault)?;
    let mode = fs::metadata(folder).map_err(fault)?.permissions().mode();
    if mode & STICKY != 0 {
        return Err(BridgeError::Shared(folder.to_path_buf()));
    }
    if mode & 0o777 != 0o700 {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(fault)?;
    }
    Ok(())
}

/// On Windows a folder below the user's profile inherits that only its owner may enter.
#[cfg(not(unix))]
fn make_private(folder: &Path) -> Result<(), BridgeError> {
    fs::create_dir_all(folder).map_err(|source| BridgeError::Folder { folder: folder.to_path_buf(), source })
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
