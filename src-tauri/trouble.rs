//! Telling why the app did not start, to somebody at a terminal or at a desktop.

use std::io::{IsTerminal as _, Write as _};

use tauri::RunEvent;
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};

use crate::start::StartError;
use crate::{desktop, screen};

/// Says it on the error stream, and where nobody reads that, in a dialog.
pub(crate) fn tell(trouble: &StartError) {
    let sentence = trouble.to_string();
    // Where that is closed, nobody is left to tell.
    let _ = writeln!(std::io::stderr(), "{sentence}");
    // What could not be taken in is said in the window of the running app, which has just come forward.
    let said = matches!(trouble, StartError::NotTaken(_)) || std::io::stderr().is_terminal();
    // The dialog of Windows needs nothing that may be absent.
    if !said && (cfg!(windows) || screen::opens()) {
        dialog(sentence);
    }
}

fn dialog(sentence: String) {
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .setup(move |app| {
            let handle = app.handle().clone();
            let dialog =
                app.dialog().message(sentence).title("Partway did not start").kind(MessageDialogKind::Error);
            dialog.show(move |_| handle.exit(1));
            Ok(())
        })
        .build(desktop::context());
    if let Ok(app) = built {
        app.run_return(|_, event| {
            if let RunEvent::ExitRequested { code: None, api, .. } = event {
                api.prevent_exit();
            }
        });
    }
}
