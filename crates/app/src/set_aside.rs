//! Reports a journal that could not be read and was renamed, until the user dismisses the notice.

use std::path::PathBuf;

use partway_engine::JournalError;

use crate::{App, words};

/// The notice's id.
pub(crate) const NOTICE: &str = "set-aside";

/// Settings key for the file whose notice was dismissed.
const SEEN: &str = "set_aside_seen";

/// The renamed journal, while it exists and its notice was not dismissed.
pub(crate) async fn untold(app: &App) -> Result<Option<PathBuf>, JournalError> {
    let Some(path) = app.0.set_aside.clone().filter(|path| path.exists()) else { return Ok(None) };
    let seen = app.0.engine.setting(SEEN).await?;
    Ok((seen.as_deref() != Some(mark(&path).as_str())).then_some(path))
}

/// The whole sentence, for front ends without notices.
pub(crate) async fn sentence(app: &App) -> Result<Option<String>, JournalError> {
    Ok(untold(app).await?.map(|path| {
        let (title, text) = words::set_aside(&path);
        format!("{title} {text}")
    }))
}

/// Dismisses the notice.
pub(crate) async fn seen(app: &App) -> Result<(), JournalError> {
    if let Some(path) = untold(app).await? {
        app.0.engine.set_setting(SEEN, mark(&path)).await?;
        app.touch();
    }
    Ok(())
}

/// The file name as JSON, like all settings.
fn mark(path: &std::path::Path) -> String {
    serde_json::Value::from(path.file_name().unwrap_or_default().to_string_lossy()).to_string()
}
