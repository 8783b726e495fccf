//! The icon in the desktop's tray and its menu. Where the desktop has none, nothing is there and nobody is told.

mod icon;
mod menu;

#[cfg(target_os = "linux")]
#[path = "tray/linux.rs"]
mod here;
#[cfg(not(target_os = "linux"))]
#[path = "tray/others.rs"]
mod here;

use tauri::{AppHandle, Manager as _};
use tokio::sync::OnceCell;

use crate::glance::Glance;

pub(crate) use menu::Act;

/// The icon, once it was made.
#[derive(Default)]
pub(crate) struct Tray(OnceCell<Option<here::Icon>>);

impl Tray {
    /// Shows what there is to show; the first time it makes the icon.
    pub(crate) async fn show(&self, app: &AppHandle, glance: &Glance) {
        let icon = self.0.get_or_init(async || here::Icon::make(app, glance).await).await;
        if let Some(icon) = icon {
            icon.show(glance).await;
        }
    }

    /// Whether the user can see it now. Asked each time: panels come and go.
    pub(crate) async fn is_seen(&self) -> bool {
        match self.0.get().and_then(Option::as_ref) {
            Some(icon) => icon.is_seen().await,
            None => false,
        }
    }
}

/// What an entry of the menu does.
fn act(app: &AppHandle, act: Act) {
    use partway_api::{Command, Selection};

    use crate::{adding, closing};
    match act {
        Act::Open => closing::show(app),
        Act::Quit => closing::quit_is_wanted(app),
        Act::Add => adding::ask(app),
        Act::PauseAll => ask(app, Command::Pause { jobs: Selection::All }),
        Act::ResumeAll => ask(app, Command::Resume { jobs: Selection::All }),
    }
}

fn ask(app: &AppHandle, command: partway_api::Command) {
    use std::sync::Arc;

    let engine = Arc::clone(&app.state::<Arc<crate::engine::Engine>>());
    engine.clone().runtime().spawn(async move {
        // What came of it is seen in the menu.
        let _ = engine.command(command).await;
    });
}
