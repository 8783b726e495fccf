//! Notifications of the desktop. Each has a thread of its own, because a service may take its time; where there is none, nothing happens.

use std::thread;

use notify_rust::Notification;

use crate::words::Words;

/// A button of a notification.
pub(crate) struct Button {
    /// Its words.
    pub words: &'static str,
    /// What pressing it does.
    pub act: Box<dyn FnOnce() + Send>,
}

/// Shows a notification, with a button where the desktop has such.
pub(crate) fn show(words: Words, button: Option<Button>) {
    let on_its_own = thread::Builder::new().name("notification".into());
    // Without a thread, as without a service: everything it says is in the window too.
    let _ = on_its_own.spawn(move || {
        let (title, text) = words;
        let mut notification = Notification::new();
        notification.appname("Partway").summary(&title).body(&text).icon("partway");
        show_here(notification, button);
    });
}

#[cfg(all(unix, not(target_os = "macos")))]
fn show_here(mut notification: Notification, button: Option<Button>) {
    const PRESSED: &str = "pressed";
    let Some(Button { words, act }) = button else {
        let _ = notification.show();
        return;
    };
    let Ok(shown) = notification.action(PRESSED, words).show() else { return };
    shown.wait_for_action(|action| {
        if action == PRESSED {
            act();
        }
    });
}

/// Buttons do nothing there without a packaged app that can be woken up, so there are none.
#[cfg(any(not(unix), target_os = "macos"))]
fn show_here(notification: Notification, _: Option<Button>) {
    let _ = notification.show();
}
