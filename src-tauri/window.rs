//! The main window: how it is made, shown, hidden, and kept to its own page.

use std::fs::DirBuilder;
use std::path::Path;

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// The window's label, which `capabilities/main.json` names.
pub(crate) const MAIN: &str = "main";

/// Makes the window. Whatever its web view keeps lies under `data_dir`, as everything else.
pub(crate) fn open(app: &AppHandle, data_dir: &Path, visible: bool) -> tauri::Result<()> {
    let kept = data_dir.join("webview");
    private_folder(&kept)?;
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Partway")
        .inner_size(1120.0, 700.0)
        .min_inner_size(360.0, 480.0)
        .visible(visible)
        .data_directory(kept)
        .on_navigation(own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// Made before the web view makes it, which would let everybody in.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut maker = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.recursive(true).create(folder)
}

/// The main window, unless the app is ending.
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
    // Windows has no schemes of its own and serves the page from this host instead.
    url.scheme() == "tauri" || (cfg!(windows) && url.host_str() == Some("tauri.localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bundled_page_is_shown() {
        assert!(own_page(&"tauri://localhost/index.html".parse().unwrap()));
        for elsewhere in ["https://example.com/", "file:///etc/passwd", "data:text/html,x", "about:blank"] {
            assert!(!own_page(&elsewhere.parse().unwrap()), "{elsewhere}");
        }
    }
}
