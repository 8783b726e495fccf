//! The system's dialogs for files and folders. What was chosen goes to the app; the page never sees it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use partway_api::{ApiError, Code};
use tauri::{AppHandle, Manager as _, WebviewWindow};
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

/// Whether one stands. A second one would lie over the first, and nobody knows which of them counts.
#[derive(Default)]
pub(crate) struct Dialogs(Arc<AtomicBool>);

/// The turn of the one that stands; over when it is dropped.
struct Turn(Arc<AtomicBool>);

impl Dialogs {
    /// `None` while another one stands.
    fn turn(&self) -> Option<Turn> {
        (!self.0.swap(true, Ordering::SeqCst)).then(|| Turn(Arc::clone(&self.0)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// Asks the user, over the window where there is one; empty where the dialog was closed without choosing, and where one stands already.
///
/// # Errors
/// Where something was chosen that has no path on this computer.
pub(crate) async fn ask(
    app: &AppHandle,
    window: Option<&WebviewWindow>,
    wanted: Wanted,
) -> Result<Vec<PathBuf>, ApiError> {
    let Some(turn) = app.state::<Dialogs>().turn() else { return Ok(Vec::new()) };
    let (answer, chosen) = oneshot::channel();
    let mut dialog = app.dialog().file();
    if let Some(window) = window {
        dialog = dialog.set_parent(window);
    }
    // Nobody waits any more where the window went away meanwhile; the dialog may stand longer, and its turn ends with it.
    let tell = move |paths: Option<Vec<FilePath>>| {
        drop(turn);
        drop(answer.send(paths));
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_dialog_at_a_time() {
        let dialogs = Dialogs::default();
        let first = dialogs.turn();
        assert!(first.is_some());
        assert!(dialogs.turn().is_none());
        assert!(dialogs.turn().is_none(), "asking in vain must not end the turn of the first");
        drop(first);
        assert!(dialogs.turn().is_some());
    }
}
