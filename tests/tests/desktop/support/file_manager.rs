//! A real file manager beside the app, and a real pointer that drags from one to the other.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::Desk;
use super::wait::until;

/// What a file manager gets to come up on a machine that is busy.
const UP: Duration = Duration::from_secs(30);
/// Where the app's window stands, and its middle.
const APP: (i32, i32, i32, i32) = (0, 0, 1120, 700);
const MIDDLE: (i32, i32) = (APP.0 + APP.2 / 2, APP.1 + APP.3 / 2);
/// Where the file manager stands.
const BESIDE: (i32, i32, i32, i32) = (1130, 0, 500, 600);
/// Bare desktop below the app's window: what is let go there goes nowhere.
const NOWHERE: (i32, i32) = (560, 785);
/// The middle of the first icon, from the corner of the file manager's window: below menu, tool bar and a margin.
const FIRST_ICON: (i32, i32) = (60, 120);
/// Steps of a drag, and the time between them: a hand is not faster, and toolkits want to see several moves.
const STEPS: i32 = 20;
const STEP: Duration = Duration::from_millis(30);
/// Before and after buttons are pressed.
const REST: Duration = Duration::from_millis(250);

/// Icons without a pane at the side, so that the first one lies where it is looked for.
const CONFIG: &str = "[config]\nsingle_click=0\n[ui]\nalways_show_tabs=0\nside_pane_mode=hidden;places\nview_mode=icon\nshow_hidden=0\nsort=name;ascending;\ntoolbar=newtab;navigation;home;\nshow_statusbar=1\npathbar_mode_buttons=0\n";

/// The file manager on one folder.
pub(crate) struct FileManager<'a> {
    desk: &'a Desk,
    window: String,
}

impl<'a> FileManager<'a> {
    /// Opens it beside the app.
    pub(crate) async fn open(desk: &'a mut Desk, folder: &Path) -> Self {
        let config = desk.folder("home/.config/pcmanfm/default");
        fs::write(config.join("pcmanfm.conf"), CONFIG).unwrap();
        let mut manager = desk.command("pcmanfm");
        manager.arg(folder);
        desk.start(manager);
        let title = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let desk: &'a Desk = desk;
        let window = until("the file manager's window", UP, async || {
            let found =
                desk.output("xdotool", ["search", "--onlyvisible", "--name", &format!("^{title}$")]).await;
            String::from_utf8(found.stdout).ok()?.lines().next().map(str::to_owned)
        })
        .await;
        place(desk, &title, BESIDE).await;
        place(desk, "Partway", APP).await;
        Self { desk, window }
    }

    /// Drags everything in the folder onto the middle of the app's window.
    pub(crate) async fn drag_all(&self) {
        self.hold_all_over_the_app().await;
        self.let_go().await;
    }

    /// Drags everything in the folder over the middle of the app's window, and holds it there.
    pub(crate) async fn hold_all_over_the_app(&self) {
        let from = (BESIDE.0 + FIRST_ICON.0, BESIDE.1 + FIRST_ICON.1);
        self.x(&["windowactivate", "--sync", &self.window]).await;
        self.x(&["mousemove", &from.0.to_string(), &from.1.to_string(), "click", "1"]).await;
        self.x(&["key", "--clearmodifiers", "ctrl+a"]).await;
        tokio::time::sleep(REST).await;
        self.x(&["mousedown", "1"]).await;
        tokio::time::sleep(REST).await;
        self.carry(from, MIDDLE).await;
    }

    /// Goes on with what is held over the app, away from its window.
    pub(crate) async fn carry_away(&self) {
        self.carry(MIDDLE, NOWHERE).await;
    }

    /// Lets go what is held.
    pub(crate) async fn let_go(&self) {
        self.x(&["mouseup", "1"]).await;
    }

    async fn carry(&self, from: (i32, i32), to: (i32, i32)) {
        for step in 1..=STEPS {
            let at = |from: i32, to: i32| (from + (to - from) * step / STEPS).to_string();
            self.x(&["mousemove", &at(from.0, to.0), &at(from.1, to.1)]).await;
            tokio::time::sleep(STEP).await;
        }
        tokio::time::sleep(REST).await;
    }

    async fn x(&self, args: &[&str]) {
        self.desk.run("xdotool", args).await;
    }
}

async fn place(desk: &Desk, title: &str, (x, y, width, height): (i32, i32, i32, i32)) {
    desk.run("wmctrl", ["-r", title, "-e", &format!("0,{x},{y},{width},{height}")]).await;
}
