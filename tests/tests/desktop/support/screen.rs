//! What can be seen and pressed on a desk's screen without asking the page.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Desk;
use super::driven::pictures;
use super::process::MARK;
use super::wait::until;

const UP: Duration = Duration::from_secs(30);
/// Between two pictures of which both show the same.
const PAUSE: Duration = Duration::from_millis(400);
/// So many pixels may differ in a window that stands still: a caret that blinks, an edge that is smoothed in another way.
const STILL: u64 = 200;

impl Desk {
    /// Keeps a picture of the whole screen.
    pub(crate) async fn screenshot(&self, name: &str) {
        self.run("import", ["-window", "root", kept(name).to_str().unwrap()]).await;
    }

    /// Keeps a picture of the app's window.
    pub(crate) async fn window_picture(&self, name: &str) -> PathBuf {
        let file = kept(name);
        // A window that is just being made has a child or two that are not there any more a moment later.
        until("a picture of the window", UP, async || {
            let window = self.window().await?;
            let taken = self.output("import", ["-window", &window, file.to_str()?]).await;
            taken.status.success().then_some(())
        })
        .await;
        file
    }

    /// How many pixels differ between two pictures.
    pub(crate) async fn differs(&self, one: &Path, other: &Path) -> u64 {
        let args = ["-metric", "AE", "-fuzz", "5%", one.to_str().unwrap(), other.to_str().unwrap(), "null:"];
        let said = self.output("compare", args).await;
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        let count = said.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
        // Pictures of different sizes have no count.
        count.map_or(u64::MAX, |count| count as u64)
    }

    /// Waits until the app's window shows the same twice.
    pub(crate) async fn still(&self) {
        until("a window that stands still", UP, async || {
            let first = self.window_picture("still-1").await;
            tokio::time::sleep(PAUSE).await;
            let second = self.window_picture("still-2").await;
            let colours = self.run("identify", ["-format", "%k", second.to_str().unwrap()]).await;
            // A window has one colour until its page is there.
            let there = colours.parse::<u32>().is_ok_and(|colours| colours > 30);
            (there && self.differs(&first, &second).await < STILL).then_some(())
        })
        .await;
    }

    /// Presses the pointer's button at a point of the app's window.
    pub(crate) async fn click(&self, (x, y): (i32, i32)) {
        self.point(x, y).await;
        self.run("xdotool", ["click", "1"]).await;
    }

    /// Turns the pointer's wheel over a point of the app's window.
    pub(crate) async fn scroll(&self, (x, y): (i32, i32), turns: usize) {
        self.point(x, y).await;
        self.run("xdotool", ["click", "--repeat", &turns.to_string(), "--delay", "60", "5"]).await;
    }

    async fn point(&self, x: i32, y: i32) {
        // A window that was just mapped anew is not listed for a moment.
        let mut found = self.window().await;
        for _ in 0..100 {
            if found.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            found = self.window().await;
        }
        let window = found.unwrap();
        self.run("xdotool", ["mousemove", "--window", &window, &x.to_string(), &y.to_string()]).await;
    }

    async fn window(&self) -> Option<String> {
        let found = self.output("xdotool", ["search", "--onlyvisible", "--name", "^Partway$"]).await;
        String::from_utf8(found.stdout).ok()?.lines().next().map(str::to_owned)
    }

    /// Where the app's window stands and how large it is.
    pub(crate) async fn geometry(&self) -> (i32, i32, i32, i32) {
        // While the window manager takes a new window in, it is off the screen for a moment.
        let window = until("the window", UP, async || self.window().await).await;
        let said = self.run("xdotool", ["getwindowgeometry", "--shell", &window]).await;
        let number = |name: &str| {
            said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok()).unwrap()
        };
        (number("X"), number("Y"), number("WIDTH"), number("HEIGHT"))
    }

    /// Moves the app's window as a hand would.
    pub(crate) async fn place_window(&self, (x, y, width, height): (i32, i32, i32, i32)) {
        self.run("wmctrl", ["-r", "Partway", "-e", &format!("0,{x},{y},{width},{height}")]).await;
        until("the window's new size", UP, async || {
            let (.., w, h) = self.geometry().await;
            ((w, h) == (width, height)).then_some(())
        })
        .await;
    }

    /// How many dialogs of that title are on the screen.
    pub(crate) async fn dialogs(&self, title: &str) -> usize {
        let title = format!("^{}$", title.replace('?', "\\?"));
        let found = self.output("xdotool", ["search", "--onlyvisible", "--name", &title]).await;
        String::from_utf8_lossy(&found.stdout).lines().count()
    }

    /// Waits until a dialog is there, or gone.
    pub(crate) async fn dialog(&self, title: &str, there: bool) {
        until(&format!("the dialog's being there: {there}"), UP, async || {
            ((self.dialogs(title).await > 0) == there).then_some(())
        })
        .await;
    }

    /// Presses a key in a dialog.
    pub(crate) async fn press_in(&self, title: &str, key: &str) {
        self.in_front(title).await;
        self.run("xdotool", ["key", "--clearmodifiers", key]).await;
    }

    /// How many processes on this desk bear this name.
    pub(crate) fn running_as(&self, name: &str) -> usize {
        self.bearing(name).len()
    }

    /// The processes on this desk that bear this name.
    pub(crate) fn bearing(&self, name: &str) -> Vec<u32> {
        self.processes().filter(|pid| comm(*pid).is_some_and(|comm| comm == name)).collect()
    }

    /// What the app and everything that it started hold in memory for themselves, in kB, without the helper behind *Practice*.
    pub(crate) fn memory(&self) -> u64 {
        let ours = |pid: &u32| comm(*pid).is_some_and(|comm| comm == "partway" || comm.starts_with("WebKit"));
        self.processes().filter(ours).filter_map(pss).sum()
    }

    fn processes(&self) -> impl Iterator<Item = u32> {
        let wanted = format!("{MARK}={}", self.mark());
        let carries = move |pid: &u32| {
            fs::read(format!("/proc/{pid}/environ"))
                .is_ok_and(|environ| environ.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes()))
        };
        let entries = fs::read_dir("/proc").unwrap().flatten();
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(carries)
    }
}

fn comm(pid: u32) -> Option<String> {
    Some(fs::read_to_string(format!("/proc/{pid}/comm")).ok()?.trim().to_owned())
}

fn pss(pid: u32) -> Option<u64> {
    let told = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    told.lines().find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse().ok())
}

fn kept(name: &str) -> PathBuf {
    let folder = pictures();
    fs::create_dir_all(&folder).unwrap();
    folder.join(format!("{name}.png"))
}
