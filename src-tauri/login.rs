//! Starting when the user logs in. Whether it does is what the system says, never what was once wished here.

#[cfg(target_os = "linux")]
#[path = "login/linux.rs"]
mod here;
#[cfg(not(target_os = "linux"))]
#[path = "login/others.rs"]
mod here;

use std::path::Path;

use partway_api::{ApiError, Code};
use tauri::AppHandle;

use crate::words;

/// What the start that nobody sees is told: no window.
const HIDDEN: &str = "--hidden";

/// Whether it starts at login; `None` where that cannot be known or set here.
pub(crate) fn is_on(app: &AppHandle, data_dir: &Path) -> Option<bool> {
    here::is_on(app, data_dir)
}

/// Has it start at login, or not.
///
/// # Errors
/// Where the system did not take it.
pub(crate) fn set(app: &AppHandle, data_dir: &Path, on: bool) -> Result<(), ApiError> {
    here::set(app, data_dir, on).map_err(|why| {
        tracing::warn!(%why, on, "the start at login was not changed");
        ApiError::new(Code::Internal, words::login_not_changed(on, &partway_app::plain(&why)))
    })
}

/// Put into the system when Tauri is built.
pub(crate) fn plugin(builder: tauri::Builder<tauri::Wry>, data_dir: &Path) -> tauri::Builder<tauri::Wry> {
    here::plugin(builder, data_dir)
}

/// How that start is called, beside the program: a data folder of its own is named, the usual one is found by itself.
fn arguments(data_dir: &Path) -> Vec<String> {
    let mut arguments = vec![HIDDEN.to_owned()];
    if !is_usual(data_dir) {
        arguments.extend(["--data-dir".to_owned(), data_dir.to_string_lossy().into_owned()]);
    }
    arguments
}

#[expect(clippy::disallowed_methods, reason = "a program: from here the library is handed its environment")]
fn is_usual(data_dir: &Path) -> bool {
    let usual = partway_bridge::default_folder(std::env::consts::OS, |name| std::env::var_os(name));
    usual.is_some_and(|usual| usual == data_dir)
}
