//! The system's own file dialog, which no page driver reaches: found as a new window, filled in by keyboard.

use super::desktop::Desktop;
use super::wait::until;
use crate::stop::Outcome;
use std::path::Path;
use std::time::{Duration, Instant};

/// Opening takes part of a second.
const OPEN: Duration = Duration::from_secs(20);

/// After that time the path is typed again. Four tries fit into the time that the dialog has.
const AGAIN: Duration = Duration::from_secs(5);

/// Between keys that mean different things, so that the dialog has done what the earlier ones asked.
const SETTLE: Duration = Duration::from_millis(500);

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
    let closed = || !windows(desktop).contains(&dialog);
    let (mut tries, mut typed) = (0, Instant::now());
    until("the file dialog to close", OPEN, || {
        if closed() {
            return Ok(Some(()));
        }
        // It takes keys for a path only once it has read its folder, and does not tell when: what was lost is typed again.
        if tries == 0 || typed.elapsed() > AGAIN {
            // It may close while it is named once more: then there is no window to reach, and nothing is wrong.
            name(desktop, &dialog, path, tries > 0)
                .or_else(|stop| if closed() { Ok(()) } else { Err(stop) })?;
            (tries, typed) = (tries + 1, Instant::now());
        }
        Ok(closed().then_some(()))
    })
}

/// Types the path over whatever stands in the dialog's line by now, and agrees.
fn name(desktop: &Desktop, dialog: &str, path: &Path, again: bool) -> Outcome<()> {
    desktop.xdotool(&["windowactivate", "--sync", dialog])?;
    if again {
        desktop.xdotool(&["key", "ctrl+a"])?;
    }
    std::thread::sleep(SETTLE);
    // A path that begins with "/" opens the dialog's own line for paths.
    desktop.xdotool(&["type", "--delay", "30", &path.to_string_lossy()])?;
    std::thread::sleep(SETTLE);
    desktop.xdotool(&["key", "Return"])?;
    Ok(())
}

/// xdotool finds nothing with exit code 1: then there are no windows.
fn windows(desktop: &Desktop) -> Vec<String> {
    let found = desktop.xdotool(&["search", "--onlyvisible", "--class", "partway"]);
    found.map(|lines| lines.lines().map(str::to_owned).collect()).unwrap_or_default()
}
