//! One whole upload through the real window, for a machine without a display: a sample goes to *Practice*.

use super::desktop::Desktop;
use super::wait::until;
use super::webdriver::Window;
use super::{jobs, picker, sample};
use crate::binaries::{Profile, program};
use crate::stop::{Outcome, at, not_passed};
use crate::workspace::Workspace;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// Opening the page, on a machine that is busy.
const PAGE: Duration = Duration::from_secs(60);
/// 256 MiB over loopback take seconds; a slow disk takes longer.
const UPLOAD: Duration = Duration::from_secs(300);

/// The first-run screen's button.
const PRACTICE: &str = "[data-testid=practice]";
/// The button that opens the file dialog.
const ADD: &str = "[data-testid=add-files]";
/// A row whose upload is over and good.
const ARRIVED: &str = "[data-testid=row][data-state=verified], [data-testid=row][data-state=uploaded]";

/// Shows it, and prints the receipt and the picture's path.
pub(crate) fn show(workspace: &Workspace, profile: Profile) -> Outcome<()> {
    let folder = workspace.target.join("run");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(at(&folder))?;
    }
    std::fs::create_dir_all(&folder).map_err(at(&folder))?;
    let file = folder.join("sample.bin");
    sample::write(&file, sample::SIZE)?;
    println!(
        "No display: opening Partway on one of its own, and sending {} to Practice.",
        workspace.shown(&file)
    );

    let desktop = Desktop::start(&folder)?;
    let data = folder.join("data");
    let data_argument = data.to_string_lossy();
    let app = program(workspace, profile, "partway");
    let window = Window::open(&desktop, &app, &["--data-dir", &data_argument])?;
    let picture = folder.join("partway.png");
    let sent = send(&desktop, &window, &file, &data, &program(workspace, profile, "partwayctl"));
    // The picture is of most use when something went wrong.
    let photographed = window.photograph(&picture);
    let receipt = sent.map_err(|stop| {
        not_passed(format!("{}\nWhat the window showed: {}", stop.sentence, workspace.shown(&picture)))
    })?;
    photographed?;
    println!("\nReceipt: {receipt:#}\n\nScreenshot: {}", workspace.shown(&picture));
    Ok(())
}

/// Presses, chooses, waits; answers the receipt.
fn send(desktop: &Desktop, window: &Window, file: &Path, data: &Path, partwayctl: &Path) -> Outcome<Value> {
    window.press(PRACTICE, PAGE)?;
    let before = picker::look(desktop);
    window.press(ADD, PAGE)?;
    picker::choose(desktop, &before, file)?;
    let receipt = until("the upload", UPLOAD, || {
        let job = jobs::first(partwayctl, data)?;
        match job.as_ref().and_then(jobs::ended) {
            None => Ok(None),
            Some(Ok(receipt)) => Ok(Some(receipt.clone())),
            Some(Err(sentence)) => Err(not_passed(sentence)),
        }
    })?;
    let row = until("the window to show it", PAGE, || window.text(ARRIVED))?;
    println!("The window says: {}", row.split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(receipt)
}
