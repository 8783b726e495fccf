//! The real keyboard: which window has it, and what is pressed and typed on it.

use std::path::Path;
use std::time::Duration;

use super::Desk;
use super::wait::until;

/// What a window gets to come to the front on a machine that is busy.
const UP: Duration = Duration::from_secs(30);
/// What a dialog of the toolkit gets to read a folder.
const SETTLE: Duration = Duration::from_millis(700);

impl Desk {
    /// Puts the window of that title in front, and waits until it has the keyboard.
    pub(crate) async fn in_front(&self, title: &str) {
        until(&format!("“{title}” in front"), UP, async || {
            self.output("wmctrl", ["-a", title]).await;
            let active = self.output("xdotool", ["getactivewindow", "getwindowname"]).await;
            (String::from_utf8_lossy(&active.stdout).trim() == title).then_some(())
        })
        .await;
    }

    /// The title of the window that has the keyboard.
    pub(crate) async fn title_in_front(&self) -> String {
        let active = self.output("xdotool", ["getactivewindow", "getwindowname"]).await;
        String::from_utf8_lossy(&active.stdout).trim().to_owned()
    }

    /// Presses keys on the real keyboard, with the app's window in front.
    pub(crate) async fn press_keys(&self, keys: &str) {
        // A key that is pressed while the window manager still passes the keyboard on goes to nobody.
        self.in_front("Partway").await;
        self.run("xdotool", ["key", "--clearmodifiers", keys]).await;
    }

    /// Types a path into the system's dialog of that title, as only a keyboard can.
    pub(crate) async fn choose_in_dialog(&self, title: &str, path: &Path) {
        let window = until(&format!("the dialog “{title}”"), UP, async || {
            let found =
                self.output("xdotool", ["search", "--onlyvisible", "--name", &format!("^{title}$")]).await;
            String::from_utf8(found.stdout).ok()?.lines().next().map(str::to_owned)
        })
        .await;
        self.run("xdotool", ["windowactivate", "--sync", &window]).await;
        // The dialog takes keys for a path only once it has read its folder, and does not tell when: what was lost is typed again.
        until("the end of the dialog", UP, async || {
            tokio::time::sleep(SETTLE).await;
            self.output("xdotool", ["type", "--delay", "30", path.to_str()?]).await;
            self.output("xdotool", ["key", "Return"]).await;
            tokio::time::sleep(SETTLE).await;
            let open =
                self.output("xdotool", ["search", "--onlyvisible", "--name", &format!("^{title}$")]).await;
            if open.stdout.is_empty() {
                return Some(());
            }
            self.output("xdotool", ["key", "ctrl+a"]).await;
            None
        })
        .await;
    }
}
