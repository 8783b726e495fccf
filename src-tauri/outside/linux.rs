//! Progress and badge on the app's entry in a dock or task bar, as the desktops that have such take them: the `com.canonical.Unity.LauncherEntry`
//! signal, which Ubuntu's dock, Plasma and others read. Sent by hand, because the library for it is rarely there.

use std::collections::HashMap;

use tauri::AppHandle;
use zbus::zvariant::Value;

use crate::glance::Glance;

/// The app's entry is known by the name of its desktop file.
const ENTRY: &str = "application://partway.desktop";
const PATH: &str = "/com/canonical/unity/launcherentry/partway";
const INTERFACE: &str = "com.canonical.Unity.LauncherEntry";

/// The way to whatever shows it; nobody answers, so nobody is missed.
pub(super) struct Progress(Option<zbus::Connection>);

impl Progress {
    /// Opens it.
    pub(super) async fn open() -> Self {
        Self(zbus::Connection::session().await.ok())
    }

    /// Shows what is new.
    pub(super) async fn show(&self, _: &AppHandle, glance: &Glance) {
        if let Some(bus) = &self.0 {
            let body = (ENTRY, properties(glance));
            // Only a bus that is gone does not take it.
            let _ = bus.emit_signal(None::<&str>, PATH, INTERFACE, "Update", &body).await;
        }
    }
}

fn properties(glance: &Glance) -> HashMap<&'static str, Value<'static>> {
    HashMap::from([
        ("progress", Value::from(f64::from(glance.percent.unwrap_or(0)) / 100.0)),
        ("progress-visible", Value::from(glance.percent.is_some())),
        ("count", Value::from(i64::from(glance.attention))),
        ("count-visible", Value::from(glance.attention > 0)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_there_while_something_uploads_and_the_number_is_what_needs_the_user() {
        let said = |glance: Glance| {
            let said = properties(&glance);
            ["progress", "progress-visible", "count", "count-visible"].map(|name| said[name].to_string())
        };
        let some = Glance { percent: Some(42), uploading: 3, waiting: 9, ..Glance::default() };
        assert_eq!(said(some), ["0.42", "true", "int64 0", "false"]);
        let stuck = Glance { attention: 2, ..Glance::default() };
        assert_eq!(said(stuck), ["0.", "false", "int64 2", "true"]);
    }
}
