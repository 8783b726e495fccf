//! Whether there is a screen to open a window on. Without one the toolkit ends the process in its own words, so it is asked before.

/// What is said where there is none.
pub(crate) const NONE: &str = "There is no screen to open a window on. partwayctl works without one.";

/// Opens the screen, once a process. The first time on the main thread, which is the one that draws then.
#[cfg(target_os = "linux")]
pub(crate) fn opens() -> bool {
    static OPENS: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    // A name says nothing yet: the screen may be gone, or another user's.
    *OPENS.get_or_init(|| gtk::init().is_ok())
}

/// Other systems always have one.
#[cfg(not(target_os = "linux"))]
pub(crate) fn opens() -> bool {
    true
}
