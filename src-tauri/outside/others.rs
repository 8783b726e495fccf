//! Progress on the task bar's button (Windows) and on the dock's icon (macOS), and the dock's badge. Written for both, tried on neither.

use tauri::AppHandle;
use tauri::window::{ProgressBarState, ProgressBarStatus};

use crate::glance::Glance;
use crate::window;

/// Both hang on the window; while there is none, there is nothing to show it on.
pub(super) struct Progress;

impl Progress {
    /// Nothing has to be opened.
    pub(super) async fn open() -> Self {
        Self
    }

    /// Shows what is new.
    pub(super) async fn show(&self, app: &AppHandle, glance: &Glance) {
        let Some(window) = window::main(app) else { return };
        let status = match glance.percent {
            None => ProgressBarStatus::None,
            Some(_) if glance.attention > 0 => ProgressBarStatus::Error,
            Some(_) => ProgressBarStatus::Normal,
        };
        let progress = glance.percent.map(u64::from);
        // A desktop without one does not take it, and nothing hangs on it.
        let _ = window.set_progress_bar(ProgressBarState { status: Some(status), progress });
        let _ = window.set_badge_count((glance.attention > 0).then_some(i64::from(glance.attention)));
    }
}
