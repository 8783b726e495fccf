//! Adding files from outside of the window: it comes forward, and the system's dialog over it.

use std::sync::Arc;

use tauri::{AppHandle, Manager as _};

use crate::dialogs::{self, Wanted};
use crate::engine::Engine;
use crate::intake::Countdown;
use crate::{closing, window};

/// Asks for files and takes them in; what there is to say about them is said in the window. Where that is asked already, the dialog comes
/// forward with the window that it belongs to.
pub(crate) fn ask(app: &AppHandle) {
    closing::show(app);
    let engine = Arc::clone(&app.state::<Arc<Engine>>());
    let app = app.clone();
    engine.clone().runtime().spawn(async move {
        match dialogs::ask(&app, window::main(&app).as_ref(), Wanted::Files).await {
            Ok(chosen) => engine.add_and_tell(chosen, Countdown::Yes).await,
            Err(why) => engine.calls.refused.put(why),
        }
    });
}
