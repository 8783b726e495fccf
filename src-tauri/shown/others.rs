//! Notifications of Windows and macOS. Written by their makers' pages, tried on neither.

#[cfg(target_os = "macos")]
use notify_rust::Notification;
#[cfg(target_os = "macos")]
use partway_app::Message;
#[cfg(target_os = "macos")]
use tokio::sync::mpsc::Receiver;
use tokio::task::spawn_blocking;

use super::{TEST, text};
#[cfg(target_os = "macos")]
use crate::notices::Stands;
#[cfg(target_os = "macos")]
use crate::poster::{Change, Pressed};

/// Under which Partway is known there: `identifier` in tauri.conf.json, which the installer's shortcut and the bundle carry.
const APP: &str = "app.partway.desktop";

pub(crate) async fn clear(_: Vec<String>) {}

pub(crate) async fn look() -> Result<String, String> {
    Ok("this system".into())
}

pub(crate) async fn test() -> Result<String, String> {
    let shown = spawn_blocking(|| made(TEST.0, TEST.1).show().map(drop));
    match shown.await {
        Ok(Ok(())) => Ok("this system".into()),
        Ok(Err(why)) => Err(partway_app::plain(&std::io::Error::other(why.to_string()))),
        Err(_) => Err("it did not answer".into()),
    }
}

/// Buttons need an app that asked for the right to notify, and that is signed ("Asking permission to use notifications", developer.apple.com).
#[cfg(target_os = "macos")]
pub(crate) async fn stand(message: Message, _: Receiver<Change>, _: Pressed, stands: Stands) {
    let body = text(&message, false);
    let title = message.title;
    // Everything it says is in the window too.
    if let Ok(Ok(())) = spawn_blocking(move || made(&title, &body).show().map(drop)).await {
        stands.at(None, &message.tag);
    }
}

/// By whom it comes. Without it macOS shows another program's name; where Partway is not installed it stays so.
#[cfg(target_os = "macos")]
fn made(title: &str, body: &str) -> Notification {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let _ = notify_rust::set_application(APP);
    });
    let mut made = Notification::new();
    made.appname("Partway").summary(title).body(body);
    made
}

#[cfg(windows)]
pub(crate) use self::toast::stand;

#[cfg(windows)]
use self::toast::made;

#[cfg(windows)]
mod toast {
    //! A toast is shown for an app that Windows knows by its AppUserModelID ("Send a local toast notification from other types of unpackaged
    //! apps", learn.microsoft.com: under `Software\Classes\AppUserModelId`, here its user's part of it). Its buttons work as long as the
    //! process lives that showed it.

    use std::sync::Once;
    use std::thread;

    use notify_rust::{Notification, NotificationResponse};
    use partway_app::{Message, Press};
    use tokio::sync::mpsc::Receiver;
    use tokio::sync::oneshot;

    use super::{APP, text};
    use crate::notices::Stands;
    use crate::poster::{Change, Pressed};

    /// Shows it, and waits for what is done with it. Where nobody shows it nothing happens: everything it says is in the window too.
    pub(crate) async fn stand(
        mut message: Message,
        mut changes: Receiver<Change>,
        pressed: Pressed,
        stands: Stands,
    ) {
        while let Some(answer) = post(&message).await {
            stands.at(None, &message.tag);
            tokio::select! {
                said = answer => {
                    if let Some(press) = said.ok().and_then(|said| meant(&message, &said)) {
                        pressed(press);
                    }
                    return;
                }
                change = changes.recv() => match change {
                    Some(Change::Replace(next)) => message = next,
                    // It cannot be taken away there, and goes by itself.
                    Some(Change::Withdraw) | None => return,
                },
            }
        }
    }

    /// Shows it on a thread that waits for the answer: that may never come, and no runtime may wait for it.
    async fn post(message: &Message) -> Option<oneshot::Receiver<NotificationResponse>> {
        let mut toast = made(&message.title, &text(message, false));
        for (place, button) in message.buttons.iter().enumerate() {
            toast.action(&place.to_string(), &button.words);
        }
        let (tell, told) = oneshot::channel();
        let (answer, answered) = oneshot::channel();
        let thread = thread::Builder::new().name("toast".into()).spawn(move || {
            let Ok(handle) = toast.show() else { return };
            let _ = tell.send(());
            let _ = handle.wait_for_response(|said: &NotificationResponse| {
                let _ = answer.send(said.clone());
            });
        });
        thread.ok()?;
        told.await.ok()?;
        Some(answered)
    }

    fn meant(message: &Message, said: &NotificationResponse) -> Option<Press> {
        match said {
            NotificationResponse::Default => Some(message.press.clone()),
            NotificationResponse::Action(place) => {
                Some(message.buttons.get(place.parse::<usize>().ok()?)?.press.clone())
            }
            _ => None,
        }
    }

    pub(super) fn made(title: &str, body: &str) -> Notification {
        static ONCE: Once = Once::new();
        ONCE.call_once(register);
        let mut made = Notification::new();
        made.appname("Partway").app_id(APP).summary(title).body(body);
        made
    }

    /// Where that is refused the installer's shortcut has the name, or Windows shows none.
    fn register() {
        let path = format!(r"Software\Classes\AppUserModelId\{APP}");
        if let Ok(key) = windows_registry::CURRENT_USER.create(path) {
            let _ = key.set_string("DisplayName", "Partway");
        }
    }
}
