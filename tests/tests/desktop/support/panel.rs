//! A real panel with a tray, and the menu of our icon in it, used over the session's bus as the panel itself uses it.

use std::path::Path;
use std::time::Duration;

use super::Desk;
use super::wait::until;

/// What the panel gets to come up on a machine that is busy.
const UP: Duration = Duration::from_secs(60);
/// The panel's settings daemon; nothing is started by itself on a desk's bus.
const SETTINGS: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd", "/usr/lib/aarch64-linux-gnu/xfce4/xfconf/xfconfd"];
/// What a menu gets to be drawn; nothing hangs on it but a picture.
const MENU: Duration = Duration::from_millis(800);
const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const GET: &str = "org.freedesktop.DBus.Properties.Get";

/// The panel on one desk.
pub(crate) struct Panel;

impl Panel {
    /// Starts it, and waits until there is a tray in it.
    pub(crate) async fn start(desk: &mut Desk) -> Self {
        let settings = SETTINGS.iter().find(|path| Path::new(path).is_file()).unwrap();
        let settings = desk.command(settings);
        desk.start(settings);
        until("the panel's settings", UP, async || {
            let called =
                desk.output("gdbus", ["introspect", "--session", "-d", "org.xfce.Xfconf", "-o", "/"]).await;
            called.status.success().then_some(())
        })
        .await;
        let panel = desk.command("xfce4-panel");
        desk.start(panel);
        until("the panel's tray", UP, async || {
            watcher(desk, "IsStatusNotifierHostRegistered").await.filter(|said| said.contains("true"))
        })
        .await;
        Self
    }

    /// Waits until our icon is in it.
    pub(crate) async fn has_icon(&self, desk: &Desk) {
        until("the icon in the panel", UP, async || {
            watcher(desk, "RegisteredStatusNotifierItems")
                .await
                .filter(|said| said.contains("StatusNotifierItem"))
        })
        .await;
    }

    /// The rows of its menu as they are now.
    pub(crate) async fn rows(&self, desk: &Desk) -> Vec<String> {
        entries(desk).await.into_iter().map(|(_, label)| label).collect()
    }

    /// Waits until a row of its menu begins so, and is that row.
    pub(crate) async fn row(&self, desk: &Desk, begins: &str, bound: Duration) -> String {
        until(&format!("“{begins}…” in the tray's menu"), bound, async || {
            self.rows(desk).await.into_iter().find(|row| row.starts_with(begins))
        })
        .await
    }

    /// Opens the menu as a user does, for a picture: the icon stands left of the panel's bell, clock and name.
    pub(crate) async fn open_with_the_pointer(&self, desk: &Desk) {
        const ICON: [&str; 2] = ["1489", "13"];
        desk.run("xdotool", ["mousemove", ICON[0], ICON[1], "click", "3"]).await;
        tokio::time::sleep(MENU).await;
    }

    /// Presses an entry.
    pub(crate) async fn press(&self, desk: &Desk, words: &str) {
        let id = until(&format!("“{words}” in the tray's menu"), UP, async || {
            entries(desk).await.into_iter().find(|(_, label)| label == words).map(|(id, _)| id)
        })
        .await;
        let (name, event) = (name(desk).await.unwrap(), "com.canonical.dbusmenu.Event");
        let call = ["call", "--session", "-d", &name, "-o", "/MenuBar", "-m", event];
        desk.run("gdbus", call.into_iter().chain([id.as_str(), "clicked", "<int32 0>", "0"])).await;
    }

    /// A property of our icon.
    pub(crate) async fn icon_says(&self, desk: &Desk, property: &str) -> String {
        let name = name(desk).await.unwrap();
        let call = ["call", "--session", "-d", &name, "-o", "/StatusNotifierItem", "-m", GET];
        desk.run("gdbus", call.into_iter().chain(["org.kde.StatusNotifierItem", property])).await
    }

    /// Presses the icon itself.
    pub(crate) async fn press_icon(&self, desk: &Desk) {
        let (name, activate) = (name(desk).await.unwrap(), "org.kde.StatusNotifierItem.Activate");
        let call = ["call", "--session", "-d", &name, "-o", "/StatusNotifierItem", "-m", activate, "0", "0"];
        desk.run("gdbus", call).await;
    }
}

async fn watcher(desk: &Desk, property: &str) -> Option<String> {
    let call = ["call", "--session", "-d", WATCHER, "-o", "/StatusNotifierWatcher", "-m", GET];
    let said = desk.output("gdbus", call.into_iter().chain([WATCHER, property])).await;
    said.status.success().then(|| String::from_utf8_lossy(&said.stdout).into_owned())
}

/// Our icon's name on the bus.
async fn name(desk: &Desk) -> Option<String> {
    let list = ["call", "--session", "-d", "org.freedesktop.DBus", "-o", "/org/freedesktop/DBus", "-m"];
    let said = desk.output("gdbus", list.into_iter().chain(["org.freedesktop.DBus.ListNames"])).await.stdout;
    let said = String::from_utf8_lossy(&said).into_owned();
    said.split('\'').find(|name| name.starts_with("org.kde.StatusNotifierItem-")).map(str::to_owned)
}

/// Id and words of every entry that has words.
async fn entries(desk: &Desk) -> Vec<(String, String)> {
    let Some(name) = name(desk).await else { return Vec::new() };
    let call = ["call", "--session", "-d", &name, "-o", "/MenuBar", "-m", "com.canonical.dbusmenu.GetLayout"];
    let said = desk.output("gdbus", call.into_iter().chain(["0", "--", "-1", "[]"])).await.stdout;
    let said = String::from_utf8_lossy(&said).into_owned();
    // … <(5, {'label': <'Pause all'>, 'enabled': <false>}, @av [])>, …
    let entry = |part: &str| {
        let (id, rest) = part.split_once(',')?;
        let label = rest.split_once("'label': <'")?.1.split_once("'>")?.0;
        Some((id.trim_start_matches("int32 ").to_owned(), label.replace("__", "_")))
    };
    said.split("<(").filter_map(entry).collect()
}
