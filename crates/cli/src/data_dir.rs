//! Chooses the data folder.

use std::path::PathBuf;

use crate::exit::Stopped;

/// The named folder or the platform's default, as an absolute path.
///
/// # Errors
/// The environment does not say, or the path is empty.
#[expect(clippy::disallowed_methods, reason = "a program: from here the library is handed its environment")]
pub(crate) fn choose(named: Option<PathBuf>) -> Result<PathBuf, Stopped> {
    let folder = match named {
        Some(folder) => folder,
        None => partway_bridge::default_folder(std::env::consts::OS, |name| std::env::var_os(name))
            .ok_or_else(|| {
                Stopped::usage(
                    "There is no home folder to keep Partway's data in. Name a folder with --data-dir.",
                )
            })?,
    };
    std::path::absolute(&folder)
        .map_err(|fault| Stopped::usage(format!("--data-dir {}: {fault}", folder.display())))
}
