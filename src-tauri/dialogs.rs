//! The system's dialogs for files and folders. What was chosen goes to the app; the page never sees it.

use std::path::PathBuf;

use partway_api::{ApiError, Code};
use tauri::{AppHandle, WebviewWindow};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tokio::sync::oneshot;

/// What a dialog asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Files, several.
    Files,
    /// Folders, several.
    Folders,
    /// One folder, to be watched.
    ToWatch,
    /// One folder, which may be made in the dialog, for files that are verified.
    ForDone,
}

/// Asks the user, over the window where there is one; empty where the dialog was closed without choosing.
///
/// # Errors
/// Where something was chosen that has no path on this computer.
pub(crate) async fn ask(
    app: &AppHandle,
    window: Option<&WebviewWindow>,
    wanted: Wanted,
) -> Result<Vec<PathBuf>, ApiError> {
    let (answer, chosen) = oneshot::channel();
    let mut dialog = app.dialog().file();
    if let Some(window) = window {
        dialog = dialog.set_parent(window);
    }
    // Nobody waits any more where the window went away meanwhile.
    let tell = move |paths: Option<Vec<FilePath>>| drop(answer.send(paths));
    let tell_one = |path: Option<FilePath>| path.map(|path| vec![path]);
    match wanted {
        Wanted::Files => dialog.set_title("Add files").pick_files(tell),
        Wanted::Folders => dialog.set_title("Add folders").pick_folders(tell),
        Wanted::ToWatch => {
            dialog.set_title("Watch a folder").pick_folder(move |path| tell(tell_one(path)));
        }
        Wanted::ForDone => dialog
            .set_title("Move verified files to")
            .set_can_create_directories(true)
            .pick_folder(move |path| tell(tell_one(path))),
    }
    let chosen = chosen.await.ok().flatten().unwrap_or_default();
    chosen.into_iter().map(|path| path.into_path().map_err(|_| elsewhere())).collect()
}

fn elsewhere() -> ApiError {
    ApiError::new(Code::Refused, "What was chosen is not on this computer.")
        .hint("Copy it here first, then add it.")
}
