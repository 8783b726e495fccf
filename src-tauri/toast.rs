//! One notification of the desktop. Each has a thread of its own, because a service may take its time; where there is none, nothing happens.

use std::thread;

use notify_rust::Notification;

use crate::words::Words;

/// Shows a notification.
pub(crate) fn show(words: Words) {
    let on_its_own = thread::Builder::new().name("notification".into());
    // Without a thread, as without a service: everything it says is in the window too.
    let _ = on_its_own.spawn(move || {
        let (title, text) = words;
        let _ = Notification::new().appname("Partway").summary(&title).body(&text).icon("partway").show();
    });
}
