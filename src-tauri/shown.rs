//! One notification on the desktop, from its being shown to its end; and whether there is anything that shows them.

use partway_app::Message;

#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) use self::freedesktop::{clear, look, stand, test};
#[cfg(any(not(unix), target_os = "macos"))]
pub(crate) use self::others::{clear, look, stand, test};

/// Letters of a text; a vendor's own words may be among them.
const LONGEST: usize = 400;

/// What a test says.
const TEST: (&str, &str) =
    ("Partway can tell you", "This is what it looks like when a batch is done or something needs you.");

/// The text as a service is given it: bounded, and escaped where it would be read as markup. File names may hold anything.
fn text(message: &Message, markup: bool) -> String {
    let mut text: String = message.text.chars().take(LONGEST).collect();
    if text.len() < message.text.len() {
        text.push('…');
    }
    if markup { text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { text }
}

#[cfg(all(unix, not(target_os = "macos")))]
mod freedesktop {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    use std::sync::OnceLock;
    use std::time::Duration;

    use notify_rust::{CloseReason, Hint, Notification, NotificationHandle, NotificationResponse};
    use partway_app::{Message, Press};
    use tokio::sync::mpsc::Receiver;
    use tokio::task::spawn_blocking;
    use tokio::time::timeout;

    use super::{TEST, text};
    use crate::notices::Stands;
    use crate::poster::{Change, Pressed};

    /// What a service gets to answer.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Shows it, and waits for what is done with it. Where nobody shows it nothing happens: everything it says is in the window too.
    pub(crate) async fn stand(
        mut message: Message,
        mut changes: Receiver<Change>,
        pressed: Pressed,
        stands: Stands,
    ) {
        let mut before = None;
        while let Some((handle, place)) = post(&message, before.take()).await {
            stands.at(place, &message.tag);
            match until_changed(&handle, &message, &mut changes, &stands).await {
                End::Replaced(next) => (message, before) = (next, Some(handle)),
                End::Pressed(press) => {
                    pressed(press);
                    return close(&handle).await;
                }
                End::Withdrawn => return close(&handle).await,
                End::Gone => return,
            }
        }
    }

    enum End {
        Pressed(Press),
        Replaced(Message),
        Withdrawn,
        /// The user took it away, the service went, or the app ends.
        Gone,
    }

    async fn until_changed(
        handle: &NotificationHandle,
        message: &Message,
        changes: &mut Receiver<Change>,
        stands: &Stands,
    ) -> End {
        loop {
            let mut heard = None;
            tokio::select! {
                () = handle.wait_for_action_async(|response| heard = Some(response.clone())) => {}
                change = changes.recv() => return match change {
                    Some(Change::Replace(message)) => End::Replaced(message),
                    Some(Change::Withdraw) => End::Withdrawn,
                    None => End::Gone,
                },
            }
            let said = match heard {
                Some(NotificationResponse::Default) => "default".to_owned(),
                Some(NotificationResponse::Action(action)) => action,
                // It went into the list of those that were missed, where its buttons still work; not every desktop has one.
                Some(NotificationResponse::Closed(CloseReason::Expired)) => {
                    if !keeps().await {
                        stands.is_out_of_sight();
                    }
                    continue;
                }
                _ => return End::Gone,
            };
            // What another process would have meant by it says nothing of ours.
            if let Some(press) = meant(message, &said) {
                return End::Pressed(press);
            }
        }
    }

    /// Shows it, and tells where it stands then.
    async fn post(
        message: &Message,
        before: Option<NotificationHandle>,
    ) -> Option<(NotificationHandle, Option<String>)> {
        let notification =
            notification(message, &capabilities().await?, !is_a_button(look().await.as_deref()));
        // Asked before it is shown: should the service be started anew in between, the place leads to nobody and not to somebody else's.
        let service = service().await;
        let handle = match before {
            None => timeout(PATIENCE, notification.show_async()).await.ok()?.ok()?,
            Some(mut handle) => {
                *handle = notification;
                // The same connection: some services let nobody else replace it.
                let updated = spawn_blocking(move || handle.update().map(|()| handle));
                timeout(PATIENCE, updated).await.ok()?.ok()?.ok()?
            }
        };
        let place = service.map(|service| place(&service, handle.id()));
        Some((handle, place))
    }

    #[cfg(target_os = "linux")]
    use crate::notice_place::place;

    #[cfg(target_os = "linux")]
    async fn service() -> Option<String> {
        timeout(PATIENCE, spawn_blocking(crate::notice_place::service)).await.ok()?.ok()?
    }

    /// Takes away what an earlier process left there.
    #[cfg(target_os = "linux")]
    pub(crate) async fn clear(places: Vec<String>) {
        if !places.is_empty() {
            let cleared = spawn_blocking(move || crate::notice_place::clear(&places));
            // A service that does not answer shows nothing.
            let _ = timeout(PATIENCE, cleared).await;
        }
    }

    /// What stands is not remembered there.
    #[cfg(not(target_os = "linux"))]
    fn place(service: &str, _: u32) -> String {
        service.to_owned()
    }

    #[cfg(not(target_os = "linux"))]
    async fn service() -> Option<String> {
        None
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) async fn clear(_: Vec<String>) {}

    /// Whether the desktop keeps those that nobody pressed in time where they can be pressed.
    async fn keeps() -> bool {
        capabilities().await.is_some_and(|can| can.iter().any(|one| one == "persistence"))
    }

    /// Whether this service makes a button of the action that pressing the notification itself has: then there would be two of one kind.
    fn is_a_button(service: Result<&str, &String>) -> bool {
        service.is_ok_and(|name| name == "Xfce Notify Daemon")
    }

    fn notification(message: &Message, can: &[String], whole: bool) -> Notification {
        let has = |what: &str| can.iter().any(|one| one == what);
        let mut made = Notification::new();
        made.appname("Partway")
            .summary(&message.title)
            .body(&text(message, has("body-markup")))
            .icon("partway");
        made.hint(Hint::DesktopEntry("partway".into())).hint(Hint::SuppressSound(true));
        made.hint(Hint::Category(if message.needs { "transfer.error" } else { "transfer.complete" }.into()));
        if has("actions") {
            if whole {
                made.action("default", "Show");
            }
            for (place, button) in message.buttons.iter().enumerate() {
                made.action(&action(place), &button.words);
            }
        }
        made
    }

    /// The name of a button's action. Another process's never means one of ours, whatever number its notification had.
    fn action(place: usize) -> String {
        static OURS: OnceLock<u64> = OnceLock::new();
        let ours = OURS.get_or_init(|| RandomState::new().build_hasher().finish());
        format!("partway-{ours:x}-{place}")
    }

    fn meant(message: &Message, said: &str) -> Option<Press> {
        if said == "default" {
            return Some(message.press.clone());
        }
        let found = message.buttons.iter().enumerate().find(|(place, _)| action(*place) == said);
        found.map(|(_, button)| button.press.clone())
    }

    async fn close(handle: &NotificationHandle) {
        // A service that does not answer has nothing left to close.
        let _ = timeout(PATIENCE, handle.close_async()).await;
    }

    async fn capabilities() -> Option<Vec<String>> {
        timeout(PATIENCE, spawn_blocking(notify_rust::get_capabilities)).await.ok()?.ok()?.ok()
    }

    /// The name of what shows notifications.
    pub(crate) async fn look() -> Result<String, String> {
        let asked = timeout(PATIENCE, spawn_blocking(notify_rust::get_server_information)).await;
        match asked {
            Ok(Ok(Ok(server))) => Ok(server.name),
            Ok(Ok(Err(why))) => Err(reason(&why.to_string())),
            Ok(Err(_)) | Err(_) => Err(SILENT.into()),
        }
    }

    /// Shows one, and gives back what shows it.
    pub(crate) async fn test() -> Result<String, String> {
        let name = look().await?;
        let (title, text) = TEST;
        let mut made = Notification::new();
        made.appname("Partway").summary(title).body(text).icon("partway");
        made.hint(Hint::DesktopEntry("partway".into())).hint(Hint::SuppressSound(true));
        match timeout(PATIENCE, made.show_async()).await {
            Ok(Ok(_)) => Ok(name),
            Ok(Err(why)) => Err(reason(&why.to_string())),
            Err(_) => Err(SILENT.into()),
        }
    }

    const SILENT: &str = "it did not answer in time";

    /// Why nobody answered, in one bounded line: in the service's own words where somebody was there to say them.
    fn reason(why: &str) -> String {
        tracing::info!(why, "no notification service answered");
        let says = |any: &[&str]| any.iter().any(|said| why.contains(said));
        if says(&["ServiceUnknown", "NameHasNoOwner", "was not provided by any"]) {
            return "none runs on this desktop".into();
        }
        if says(&["os error", "I/O error", "DBUS_SESSION_BUS_ADDRESS"]) {
            return "none can be reached in this session".into();
        }
        let line = why.rsplit(": ").next().unwrap_or(why).trim().trim_end_matches('.');
        line.chars().take(120).collect()
    }

    #[cfg(test)]
    mod tests {
        use partway_app::{Button, Tag};

        use super::*;

        fn message() -> Message {
            let button = |words: &str, press| Button { words: words.into(), press };
            Message {
                tag: Tag::Files,
                title: "3 of 145 need you".into(),
                text: "<b>take & go</b>.mov".into(),
                needs: true,
                buttons: vec![
                    button("Retry", Press::Retry { batches: vec!["b".into()] }),
                    button("Review", Press::Review),
                ],
                press: Press::Review,
            }
        }

        #[test]
        fn what_a_service_reads_as_markup_is_escaped_and_nothing_else() {
            let body = |can: &[&str]| {
                let can: Vec<String> = can.iter().map(|can| (*can).to_owned()).collect();
                notification(&message(), &can, true).body
            };
            assert_eq!(body(&["actions", "body", "body-markup"]), "&lt;b&gt;take &amp; go&lt;/b&gt;.mov");
            assert_eq!(body(&["actions", "body"]), "<b>take & go</b>.mov");
        }

        #[test]
        fn a_text_is_bounded() {
            let long = Message { text: "ü".repeat(5_000), ..message() };
            assert_eq!(text(&long, false).chars().count(), 401);
        }

        #[test]
        fn there_are_buttons_only_where_they_can_be_pressed() {
            assert!(notification(&message(), &["body".into()], true).actions.is_empty());
            let actions = |whole| notification(&message(), &["actions".into()], whole).actions;
            assert_eq!(
                (actions(true).len(), actions(true)[0].as_str(), actions(true)[3].as_str()),
                (6, "default", "Retry")
            );
            assert_eq!((actions(false).len(), actions(false)[1].as_str()), (4, "Retry"));
        }

        #[test]
        fn only_our_own_buttons_mean_something() {
            assert_eq!(meant(&message(), &action(0)), Some(Press::Retry { batches: vec!["b".into()] }));
            assert_eq!(meant(&message(), &action(1)), Some(Press::Review));
            assert_eq!(meant(&message(), "default"), Some(Press::Review));
            for foreign in ["retry", "0", "partway-0-0", &action(2), ""] {
                assert_eq!(meant(&message(), foreign), None, "{foreign}");
            }
        }

        #[test]
        fn the_reason_is_one_line() {
            let nobody =
                "org.freedesktop.DBus.Error.ServiceUnknown: The name was not provided by any .service files";
            assert_eq!(reason(nobody), "none runs on this desktop");
            let no_bus = "I/O error: No such file or directory (os error 2)";
            assert_eq!(reason(no_bus), "none can be reached in this session");
            assert_eq!(reason("org.freedesktop.DBus.Error.AccessDenied: Not for you."), "Not for you");
        }
    }
}

#[cfg(any(not(unix), target_os = "macos"))]
mod others;
