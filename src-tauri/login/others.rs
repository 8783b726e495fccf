//! The login items of macOS (a launch agent) and Windows (the registry's Run key), by Tauri's plugin. Written for both, tried on neither.

use std::io;
use std::path::Path;

use tauri::AppHandle;
use tauri_plugin_autostart::ManagerExt as _;

use super::arguments;

pub(super) fn plugin(builder: tauri::Builder<tauri::Wry>, data_dir: &Path) -> tauri::Builder<tauri::Wry> {
    builder.plugin(tauri_plugin_autostart::Builder::new().args(arguments(data_dir)).build())
}

pub(super) fn is_on(app: &AppHandle, _: &Path) -> Option<bool> {
    app.autolaunch().is_enabled().ok()
}

pub(super) fn set(app: &AppHandle, _: &Path, on: bool) -> io::Result<()> {
    let set = if on { app.autolaunch().enable() } else { app.autolaunch().disable() };
    set.map_err(io::Error::other)
}
