//! Whether there is a screen to open a window on. Without one the toolkit ends the process in its own words, so it is asked before.

/// What is said where there is none.
#[cfg(not(windows))]
pub(crate) const NONE: &str = "There is no screen to open a window on. partwayctl works without one.";
/// The same, of what draws the page.
#[cfg(windows)]
pub(crate) const NONE: &str = "Partway's window needs Microsoft Edge WebView2, which is not on this computer. Install it from Microsoft's \
    page about it, then start Partway again. partwayctl works without it.";

/// Opens the screen, once a process. The first time on the main thread, which is the one that draws then.
#[cfg(target_os = "linux")]
pub(crate) fn opens() -> bool {
    static OPENS: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    // A name says nothing yet: the screen may be gone, or another user's.
    *OPENS.get_or_init(|| gtk::init().is_ok())
}

/// There always is a screen; what draws the page is a part of Windows 11, and may be absent before. Tauri would end the process there.
#[cfg(windows)]
pub(crate) fn opens() -> bool {
    tauri::webview_version().is_ok()
}

/// It always does.
#[cfg(target_os = "macos")]
pub(crate) fn opens() -> bool {
    true
}
