//! A screen that nobody looks at, and pictures of it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{deb, until};

/// What a window gets to come up on a machine that is busy.
const UP: Duration = Duration::from_secs(180);
/// A page that is not painted is of one colour, or of the few of a frame; text alone has more shades.
const COLOURS: u32 = 100;

/// The screen; gone when this is dropped.
pub(crate) struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    /// Starts one.
    pub(crate) fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1160x760x24", "-nolisten", "tcp", "-ac"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { server, display: format!(":{}", number.trim()) }
    }

    /// Its name, for `DISPLAY`.
    pub(crate) fn name(&self) -> &str {
        &self.display
    }

    /// Waits for the window of that title and its first paint, and keeps a picture under `name`.
    pub(crate) fn painted(&self, title: &str, name: &str) -> PathBuf {
        let title = format!("^{title}$");
        until("the window", UP, || self.answer("xdotool", &["search", "--onlyvisible", "--name", &title]));
        until("its first paint", UP, || {
            let picture = self.picture(name);
            let colours = self.answer("identify", &["-format", "%k", picture.to_str().unwrap()])?;
            (colours.trim().parse::<u32>().ok()? > COLOURS).then_some(picture)
        })
    }

    /// Keeps a picture of the screen under `name`.
    pub(crate) fn picture(&self, name: &str) -> PathBuf {
        let folder = deb().parent().unwrap().with_file_name("screenshots").join("package");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(format!("{name}.png"));
        self.answer("import", &["-window", "root", file.to_str().unwrap()]);
        file
    }

    /// What a tool says of this screen; nothing where it has no answer.
    fn answer(&self, tool: &str, words: &[&str]) -> Option<String> {
        let output = Command::new(tool).args(words).env("DISPLAY", &self.display).output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
