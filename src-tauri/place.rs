//! Where the window stood and how large it was: a small file in the data folder. Losing it costs nothing but a move of the window.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The file's name in the data folder.
const FILE: &str = "window.json";
/// The name it is written under first.
const BESIDE: &str = "window.json.new";
/// Larger than any that was written here.
const MOST: u64 = 1024;
/// The smallest window that the page is made for.
pub(crate) const SMALLEST: (f64, f64) = (360.0, 480.0);
/// The size of the first window.
pub(crate) const USUAL: (f64, f64) = (1120.0, 700.0);
/// So much of the title bar must lie on a screen for the window to be caught with the pointer.
const GRIP: (f64, f64) = (100.0, 30.0);

/// A rectangle in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A window's place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// As it is when it is not maximised.
    pub rect: Rect,
    pub maximized: bool,
}

/// What a window is opened with; where nothing is said the system decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fitted {
    pub size: (f64, f64),
    pub position: Option<(f64, f64)>,
    pub maximized: bool,
}

/// The place that is kept in the data folder.
pub(crate) fn read(data_dir: &Path) -> Option<Place> {
    let file = data_dir.join(FILE);
    if fs::metadata(&file).ok()?.len() > MOST {
        return None;
    }
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

/// Keeps it. Where that does not work the window opens next time where it did this time.
pub(crate) fn write(data_dir: &Path, place: Place) {
    let Ok(text) = serde_json::to_vec(&place) else { return };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Beside it first: a process that is killed meanwhile leaves the one before.
    let beside = data_dir.join(BESIDE);
    let written = options.open(&beside).and_then(|mut file| file.write_all(&text));
    if written.is_ok() {
        let _ = fs::rename(&beside, data_dir.join(FILE));
    }
}

/// A place on the screens that are there now: they may be others than last time, and the file may hold anything.
pub(crate) fn fit(place: Option<Place>, screens: &[Rect]) -> Fitted {
    let Some(Place { rect, maximized }) = place else {
        return Fitted { size: USUAL, position: None, maximized: false };
    };
    let finite = [rect.x, rect.y, rect.width, rect.height].iter().all(|number| number.is_finite());
    if !finite {
        return Fitted { size: USUAL, position: None, maximized };
    }
    let on = screens.iter().find(|screen| can_be_caught(&rect, screen));
    let largest =
        on.or(screens.first()).map_or((rect.width, rect.height), |screen| (screen.width, screen.height));
    let size = (rect.width.min(largest.0).max(SMALLEST.0), rect.height.min(largest.1).max(SMALLEST.1));
    Fitted { size, position: on.map(|_| (rect.x, rect.y)), maximized }
}

fn can_be_caught(window: &Rect, screen: &Rect) -> bool {
    let width = (window.x + window.width).min(screen.x + screen.width) - window.x.max(screen.x);
    // The title bar is at the top: a window that only hangs in from above cannot be caught.
    let top = window.y >= screen.y - 1.0 && window.y + GRIP.1 <= screen.y + screen.height;
    width >= GRIP.0 && top
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Rect = Rect { x: 0.0, y: 0.0, width: 1920.0, height: 1080.0 };

    fn at(x: f64, y: f64, width: f64, height: f64) -> Option<Place> {
        Some(Place { rect: Rect { x, y, width, height }, maximized: false })
    }

    #[test]
    fn a_place_on_a_screen_is_kept_as_it_is() {
        let fitted = fit(at(200.0, 90.0, 900.0, 640.0), &[SCREEN]);
        assert_eq!(fitted, Fitted { size: (900.0, 640.0), position: Some((200.0, 90.0)), maximized: false });
        let second = Rect { x: 1920.0, ..SCREEN };
        assert_eq!(fit(at(2000.0, 90.0, 900.0, 640.0), &[SCREEN, second]).position, Some((2000.0, 90.0)));
    }

    #[test]
    fn a_window_that_cannot_be_caught_opens_where_the_system_puts_it() {
        for (x, y) in [(2000.0, 90.0), (-880.0, 90.0), (1850.0, 90.0), (200.0, -400.0), (200.0, 1070.0)] {
            assert_eq!(fit(at(x, y, 900.0, 640.0), &[SCREEN]).position, None, "{x}, {y}");
        }
        assert_eq!(fit(at(200.0, 90.0, 900.0, 640.0), &[]).position, None, "no screen is told");
    }

    #[test]
    fn a_size_is_neither_too_small_nor_larger_than_the_screen() {
        assert_eq!(fit(at(0.0, 0.0, 20.0, 20.0), &[SCREEN]).size, SMALLEST);
        assert_eq!(fit(at(0.0, 0.0, 9000.0, 9000.0), &[SCREEN]).size, (1920.0, 1080.0));
        assert_eq!(fit(at(f64::NAN, 0.0, 900.0, 640.0), &[SCREEN]).size, USUAL);
        assert_eq!(fit(None, &[SCREEN]), Fitted { size: USUAL, position: None, maximized: false });
    }

    #[test]
    fn what_is_written_is_read_again_and_anything_else_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert_eq!(read(folder), None);
        let place = at(12.0, 34.0, 900.0, 640.0).unwrap();
        write(folder, place);
        assert_eq!(read(folder), Some(place));
        fs::write(folder.join(FILE), b"{\"rect\":7}").unwrap();
        assert_eq!(read(folder), None);
        fs::write(folder.join(FILE), vec![b' '; 5000]).unwrap();
        assert_eq!(read(folder), None);
    }
}
