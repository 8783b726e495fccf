//! The main window: how it is made, shown, hidden, and kept to its own page.

use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, Monitor, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use crate::lost;
use crate::place::{self, Place, Rect, SMALLEST};

/// The window's label, which `capabilities/main.json` names.
pub(crate) const MAIN: &str = "main";

/// The folder under which the window keeps what it keeps, as everything else.
pub(crate) struct Folder(pub PathBuf);

/// Makes the window, where it stood last.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let data_dir = &app.state::<Folder>().0;
    let kept = data_dir.join("webview");
    private_folder(&kept)?;
    let screens = app.available_monitors().unwrap_or_default();
    let fitted = place::fit(place::read(data_dir), &screens.iter().map(screen).collect::<Vec<_>>());
    let mut builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Partway")
        .inner_size(fitted.size.0, fitted.size.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .maximized(fitted.maximized)
        .data_directory(kept)
        .on_navigation(own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    if let Some((x, y)) = fitted.position {
        builder = builder.position(x, y);
    }
    lost::watch(&builder.build()?);
    Ok(())
}

/// Writes down where the window stands. Wayland tells no position; then the system chooses it, as it does there for every window.
pub(crate) fn keep_place(app: &AppHandle) {
    let data_dir = &app.state::<Folder>().0;
    let Some(window) = main(app).filter(|window| window.is_visible().unwrap_or(false)) else { return };
    if window.is_minimized().unwrap_or(false) {
        return;
    }
    let maximized = window.is_maximized().unwrap_or(false);
    let rect = match (maximized, place::read(data_dir)) {
        // What it was before is what it shall become when it is made smaller again.
        (true, Some(before)) => Some(before.rect),
        _ => rect(&window).ok(),
    };
    if let Some(rect) = rect {
        place::write(data_dir, Place { rect, maximized });
    }
}

fn rect(window: &WebviewWindow) -> tauri::Result<Rect> {
    let scale = window.scale_factor()?;
    let at = window.outer_position()?.to_logical::<f64>(scale);
    let size = window.inner_size()?.to_logical::<f64>(scale);
    Ok(Rect { x: at.x, y: at.y, width: size.width, height: size.height })
}

fn screen(monitor: &Monitor) -> Rect {
    let at = monitor.position().to_logical::<f64>(monitor.scale_factor());
    let size = monitor.size().to_logical::<f64>(monitor.scale_factor());
    Rect { x: at.x, y: at.y, width: size.width, height: size.height }
}

/// Made before the web view makes it, which would let everybody in.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut maker = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.recursive(true).create(folder)
}

/// The main window, unless it was let go or the app is ending.
pub(crate) fn main(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(MAIN)
}

/// Brings the window forward, from wherever it is.
pub(crate) fn bring_forward(app: &AppHandle) {
    if let Some(window) = main(app) {
        // Each may be refused by a window system that has no such thing; the others still help.
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Takes the window off the screen.
pub(crate) fn hide(app: &AppHandle) {
    if let Some(window) = main(app) {
        // A window that cannot be hidden is going away by itself.
        let _ = window.hide();
    }
}

/// Whether the user sees the window: then there is nothing to notify of. One that is hidden has no focus, whatever it had before.
pub(crate) fn has_focus(app: &AppHandle) -> bool {
    is_visible(app) && main(app).is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// Whether the window stands on the screen.
pub(crate) fn is_visible(app: &AppHandle) -> bool {
    main(app).is_some_and(|window| window.is_visible().unwrap_or(false))
}

/// Only the bundled page is ever shown: a content security policy does not stop a page from being led elsewhere.
fn own_page(url: &Url) -> bool {
    is_own(url, cfg!(windows))
}

/// Scheme and host: under another host of the same scheme lies nothing, and a page that was led there would be a dead window. Windows has no
/// schemes of its own and serves the page from a host instead.
fn is_own(url: &Url, windows: bool) -> bool {
    let of_the_page = match url.scheme() {
        "tauri" => !windows && url.host_str() == Some("localhost"),
        "http" | "https" => windows && url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    of_the_page && url.port().is_none() && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bundled_page_is_shown() {
        let own = |url: &str, windows| is_own(&url.parse().unwrap(), windows);
        for page in ["tauri://localhost", "tauri://localhost/index.html#queue"] {
            assert!(own(page, false), "{page}");
            assert!(!own(page, true), "{page}");
        }
        for page in ["http://tauri.localhost/", "https://tauri.localhost/index.html"] {
            assert!(own(page, true), "{page}");
            assert!(!own(page, false), "{page}");
        }
        for elsewhere in [
            "https://example.com/",
            "http://localhost/",
            "http://tauri.localhost.example/",
            "http://tauri.localhost:8080/",
            "tauri://evil.example/x.html",
            "tauri://localhost.example/",
            "tauri://localhost:1/",
            "tauri://me@localhost/",
            "tauri:localhost",
            "ftp://tauri.localhost/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
        ] {
            for windows in [false, true] {
                assert!(!own(elsewhere, windows), "{elsewhere}");
            }
        }
    }
}
