//! What a desk looked like when its journey failed: nobody can look at it afterwards.

use std::fs;
use std::process::Command;

use super::driven::pictures;
use super::{Desk, files_in};

/// So many lines of each log: what went wrong stands at its end.
const LINES: usize = 25;

/// Keeps a picture of the screen, and prints its windows and the ends of what the programs wrote. Not asynchronous, and never fails itself: it runs while
/// a panic goes by.
pub(super) fn show(desk: &Desk) {
    let journey = std::thread::current().name().unwrap_or("journey").replace("::", "-");
    let picture = pictures().join(format!("failed-{journey}.png"));
    let _ = fs::create_dir_all(pictures());
    let _ = on(desk, "import").args(["-window", "root"]).arg(&picture).output();
    println!("the screen when it failed: {}", picture.display());
    if let Ok(windows) = on(desk, "wmctrl").arg("-lG").output() {
        println!("its windows:\n{}", String::from_utf8_lossy(&windows.stdout));
    }
    for log in [vec![desk.said_in()], files_in(&desk.data().join("logs"))].concat() {
        let text = fs::read(&log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        println!("the end of {}:\n{}", log.display(), lines[lines.len().saturating_sub(LINES)..].join("\n"));
    }
}

fn on(desk: &Desk, program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("DISPLAY", desk.display());
    command
}
