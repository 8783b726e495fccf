//! A journal that could not be read: it lies in the data folder under another name, and that is told until somebody has seen it.

use std::path::PathBuf;

use partway_engine::JournalError;

use crate::{App, words};

/// The notice's id.
pub(crate) const NOTICE: &str = "set-aside";

/// The setting that names the file of which somebody has said that they saw it.
const SEEN: &str = "set_aside_seen";

/// Where it lies, while it lies there and nobody has said that they saw it.
pub(crate) async fn untold(app: &App) -> Result<Option<PathBuf>, JournalError> {
    let Some(path) = app.0.set_aside.clone().filter(|path| path.exists()) else { return Ok(None) };
    let seen = app.0.engine.setting(SEEN).await?;
    Ok((seen.as_deref() != Some(mark(&path).as_str())).then_some(path))
}

/// The whole sentence, for a front end without notices.
pub(crate) async fn sentence(app: &App) -> Result<Option<String>, JournalError> {
    Ok(untold(app).await?.map(|path| {
        let (title, text) = words::set_aside(&path);
        format!("{title} {text}")
    }))
}

/// Somebody saw it.
pub(crate) async fn seen(app: &App) -> Result<(), JournalError> {
    if let Some(path) = untold(app).await? {
        app.0.engine.set_setting(SEEN, mark(&path)).await?;
        app.touch();
    }
    Ok(())
}

/// A file's name as JSON, as all settings are.
fn mark(path: &std::path::Path) -> String {
    serde_json::Value::from(path.file_name().unwrap_or_default().to_string_lossy()).to_string()
}
