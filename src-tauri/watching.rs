//! Folders that were chosen in a dialog, to be watched or for what is done: named to the app, never to the page.

use std::path::PathBuf;
use std::sync::Arc;

use partway_api::{ApiError, FieldsDraft, Request};

use crate::engine::Engine;
use crate::intake;

/// Watches what was chosen; where nothing was, nothing is done.
pub(crate) async fn add(
    engine: &Arc<Engine>,
    chosen: Vec<PathBuf>,
    destination: String,
    fields: FieldsDraft,
    existing: bool,
) -> Result<(), ApiError> {
    for path in chosen {
        let (path, destination) = (intake::raw(&path), Some(destination.clone()));
        let request = Request::AddWatched { path, destination, done: None, fields: fields.clone(), existing };
        engine.ask(request).await?;
    }
    Ok(())
}

/// Moves verified files of a watched folder to what was chosen.
pub(crate) async fn move_to(engine: &Arc<Engine>, chosen: Vec<PathBuf>, id: String) -> Result<(), ApiError> {
    for path in chosen {
        engine.ask(Request::MoveWatched { id: id.clone(), done: intake::raw(&path) }).await?;
    }
    Ok(())
}
