//! The tray of Windows and the menu bar of macOS, through Tauri. Written for both, tried on neither.

use std::sync::Mutex;

use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};

use super::menu::{self, Act, Entry};
use super::{act, icon};
use crate::glance::{Face, Glance};
use crate::words;

/// The icon.
pub(super) struct Icon {
    app: AppHandle,
    icon: TrayIcon,
    face: Mutex<Face>,
}

impl Icon {
    /// Makes it; `None` where the system does not take it.
    pub(super) async fn make(app: &AppHandle, glance: &Glance) -> Option<Self> {
        let made = TrayIconBuilder::with_id("partway")
            .icon(icon::of(glance.face))
            .tooltip(words::status(glance))
            .menu(&menu_of(app, glance).ok()?)
            // Windows opens with the left button and shows the menu with the right one; macOS knows the menu only.
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .on_menu_event(|app, event| {
                if let Some(found) = Act::ALL.into_iter().find(|act| event.id() == act.words()) {
                    act(app, found);
                }
            })
            .on_tray_icon_event(|icon, event| {
                let opens = matches!(
                    event,
                    TrayIconEvent::Click {
                        button: MouseButton::Left,
                        button_state: MouseButtonState::Up,
                        ..
                    }
                );
                if opens && cfg!(windows) {
                    act(icon.app_handle(), Act::Open);
                }
            })
            .build(app)
            .ok()?;
        Some(Self { app: app.clone(), icon: made, face: Mutex::new(glance.face) })
    }

    /// Shows what is new.
    pub(super) async fn show(&self, glance: &Glance) {
        // Each may be refused by a panel that is just going away; the next one brings it all.
        if let Ok(menu) = menu_of(&self.app, glance) {
            let _ = self.icon.set_menu(Some(menu));
        }
        let _ = self.icon.set_tooltip(Some(words::status(glance)));
        let mut face = self.face.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if std::mem::replace(&mut *face, glance.face) != glance.face {
            let _ = self.icon.set_icon(Some(icon::of(glance.face)));
        }
    }

    /// Both systems always have a place for it.
    pub(super) async fn is_seen(&self) -> bool {
        true
    }
}

fn menu_of(app: &AppHandle, glance: &Glance) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for entry in menu::entries(glance) {
        match entry {
            Entry::Line => menu.append(&PredefinedMenuItem::separator(app)?)?,
            // An ampersand would mark the next letter as a key; two of them are one.
            Entry::Text(text) => {
                menu.append(&MenuItem::new(app, text.replace('&', "&&"), false, None::<&str>)?)?;
            }
            Entry::Do(act) => {
                menu.append(&MenuItem::with_id(app, act.words(), act.words(), true, None::<&str>)?)?;
            }
        }
    }
    Ok(menu)
}
