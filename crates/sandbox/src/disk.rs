//! Files that are written completely or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::random::random_hex;

/// Replaces a file in one step, so that a kill leaves the old one or the new one.
pub(crate) fn write_whole(path: &Path, text: &[u8], private: bool) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", random_hex(4)));
    let beside = std::path::PathBuf::from(beside);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    let written = options.open(&beside).and_then(|mut file| file.write_all(text));
    written.and_then(|()| fs::rename(&beside, path)).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}
