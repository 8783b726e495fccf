//! Files dropped on the window. They arrive here, not in the page, which learns only that something hovers and how much.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use tauri::{AppHandle, DragDropEvent, Emitter as _};

use crate::engine::Engine;
use crate::intake::Countdown;
use crate::window::MAIN;

/// What the page is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Drag {
    over: bool,
    /// Files and folders, where the system tells before they are dropped.
    count: Option<usize>,
}

/// Something was dragged over the window, away from it, or dropped on it.
pub(crate) fn happened(app: &AppHandle, engine: &Arc<Engine>, event: &DragDropEvent) {
    match event {
        DragDropEvent::Enter { paths, .. } => tell(app, true, Some(paths.len()).filter(|count| *count > 0)),
        DragDropEvent::Drop { paths, .. } => {
            tell(app, false, None);
            take_in(engine, paths.clone());
        }
        DragDropEvent::Leave => tell(app, false, None),
        // `Over` comes with each move of the pointer and says nothing new; later kinds of event are not ours.
        _ => {}
    }
}

fn tell(app: &AppHandle, over: bool, count: Option<usize>) {
    // A page that is not there yet has nothing to draw.
    let _ = app.emit_to(MAIN, "drag", Drag { over, count });
}

/// Nobody asked, so nobody waits for the answer.
fn take_in(engine: &Arc<Engine>, paths: Vec<PathBuf>) {
    let engine = Arc::clone(engine);
    engine.clone().runtime().spawn(async move { engine.add_and_tell(paths, Countdown::Yes).await });
}
