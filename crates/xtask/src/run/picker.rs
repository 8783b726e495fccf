//! The system's own file dialog, which no page driver reaches: found as a new window, filled in by keyboard.

use super::desktop::Desktop;
use super::wait::until;
use crate::stop::Outcome;
use std::path::Path;
use std::time::Duration;

/// Opening takes part of a second.
const OPEN: Duration = Duration::from_secs(20);

/// The windows that are open before the dialog is asked for.
pub(crate) struct Before(Vec<String>);

/// Remembers what is open now.
pub(crate) fn look(desktop: &Desktop) -> Before {
    Before(windows(desktop))
}

/// Waits for the dialog, names `path` in it, and agrees.
pub(crate) fn choose(desktop: &Desktop, before: &Before, path: &Path) -> Outcome<()> {
    let dialog = until("the file dialog", OPEN, || {
        Ok(windows(desktop).into_iter().find(|window| !before.0.contains(window)))
    })?;
    desktop.xdotool(&["windowactivate", "--sync", &dialog])?;
    // A path that begins with "/" opens the dialog's own line for paths.
    desktop.xdotool(&["type", "--delay", "10", &path.to_string_lossy()])?;
    desktop.xdotool(&["key", "Return"])?;
    until("the file dialog to close", OPEN, || Ok((!windows(desktop).contains(&dialog)).then_some(())))
}

/// xdotool finds nothing with exit code 1: then there are no windows.
fn windows(desktop: &Desktop) -> Vec<String> {
    let found = desktop.xdotool(&["search", "--onlyvisible", "--class", "partway"]);
    found.map(|lines| lines.lines().map(str::to_owned).collect()).unwrap_or_default()
}
