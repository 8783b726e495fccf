//! The shell's own words. Everything else that a user reads comes from the app or the page.

use crate::glance::{Glance, Running};

/// Title and text of a notification.
pub(crate) type Words = (String, String);

/// What Windows says while its end waits for Partway's.
#[cfg(windows)]
pub(crate) const SAVES: &str = "What is on its way is being saved";

/// What is said once, when closing the window has hidden it.
pub(crate) fn goes_on(files: u32) -> Words {
    if files == 0 {
        return ("Partway stays ready".into(), "Its window is closed. Open Partway again to see it.".into());
    }
    let them = if files == 1 { "it" } else { "them" };
    (format!("Still uploading {}", count(files)), format!("Open Partway again to see {them}."))
}

/// What is said when the window was taken away because its page does not stay.
#[cfg_attr(windows, expect(dead_code, reason = "nobody tells us there that it does not"))]
pub(crate) fn window_went() -> Words {
    (
        "Partway's window has closed".into(),
        "What draws it stopped several times within a minute. Uploads go on. Open Partway again to see them."
            .into(),
    )
}

/// Who shows notifications, or that nobody does; `test`: one was just sent there.
pub(crate) fn notifications(found: &Result<String, String>, test: bool) -> String {
    match found {
        Ok(name) if test => format!("A test was sent. Shown by {name}."),
        Ok(name) => format!("Shown by {name}."),
        Err(why) => format!(
            "No notification service answered: {}. Everything it would tell is in this window too.",
            why.trim_end_matches('.')
        ),
    }
}

/// The start at login stayed as it was.
pub(crate) fn login_not_changed(on: bool, why: &str) -> String {
    if on {
        format!(
            "Partway could not be set to start when you log in: {why}. Change that, then switch it on again."
        )
    } else {
        format!("Partway still starts when you log in: {why}. Change that, then switch it off again.")
    }
}

/// The answer that ends the app.
pub(crate) const QUIT: &str = "Quit and go on next time";
/// The answer that does not.
pub(crate) const KEEP_UPLOADING: &str = "Keep uploading";

/// The question before something that uploads is stopped.
pub(crate) fn quit_now(files: u32) -> Words {
    let (they, are) = if files == 1 { ("It goes", "it is") } else { ("They go", "they are") };
    let text =
        format!("{} still to upload. {they} on from where {are} when you open Partway again.", count(files));
    ("Quit Partway?".into(), text)
}

/// The first row of the tray's menu: the one thing that matters most.
pub(crate) fn status(glance: &Glance) -> String {
    match glance {
        Glance { attention: 1, .. } => "1 file needs you".into(),
        Glance { attention: 2.., .. } => format!("{} need you", count(glance.attention)),
        Glance { uploading: 1.., percent: Some(percent), .. } => {
            format!("Uploading {}, {percent} %", count(glance.uploading))
        }
        Glance { uploading: 1.., .. } => format!("Uploading {}", count(glance.uploading)),
        Glance { waiting: 1, .. } => "1 file waits".into(),
        Glance { waiting: 2.., .. } => format!("{} wait", count(glance.waiting)),
        Glance { paused: 1.., .. } => format!("{} paused", count(glance.paused)),
        Glance { .. } => "Nothing is uploading".into(),
    }
}

/// A running file's row in the tray's menu.
pub(crate) fn running(one: &Running) -> String {
    format!("{}  {} %", short(&one.name), one.percent)
}

/// The row after those that are named.
pub(crate) fn more(files: u32) -> String {
    format!("and {files} more")
}

/// A name that is not too wide for a menu: cut in the middle, because both its start and its end tell files apart. Nothing in it ends the
/// line or turns the direction of what is written after it.
fn short(name: &str) -> String {
    const WIDEST: usize = 40;
    /// The last characters of the stem and the type, as in the window.
    const END: usize = 18;
    let shown: Vec<char> = name.chars().filter(|c| !partway_app::acts(*c)).collect();
    if shown.len() <= WIDEST {
        return shown.into_iter().collect();
    }
    let (start, end) = (&shown[..WIDEST - END - 1], &shown[shown.len() - END..]);
    start.iter().chain(['…'].iter()).chain(end).collect()
}

fn count(files: u32) -> String {
    if files == 1 { "1 file".into() } else { format!("{files} files") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_shows_notifications_is_named_and_so_is_nobody() {
        let dunst = Ok("dunst".to_owned());
        assert_eq!(notifications(&dunst, false), "Shown by dunst.");
        assert_eq!(notifications(&dunst, true), "A test was sent. Shown by dunst.");
        let nobody = Err("The name is not activatable.".to_owned());
        assert_eq!(
            notifications(&nobody, true),
            "No notification service answered: The name is not activatable. Everything it would tell is in this window too."
        );
    }

    #[test]
    fn why_the_start_at_login_stayed_as_it_was_is_told_in_plain_words() {
        let read_only = partway_app::plain(&std::io::ErrorKind::ReadOnlyFilesystem.into());
        assert_eq!(
            login_not_changed(true, &read_only),
            "Partway could not be set to start when you log in: its disk is read-only. Change that, then switch it on again."
        );
        assert!(
            login_not_changed(false, &read_only)
                .starts_with("Partway still starts when you log in: its disk is ")
        );
    }

    #[test]
    fn closing_says_how_many() {
        assert_eq!(goes_on(3).0, "Still uploading 3 files");
        assert_eq!(goes_on(3).1, "Open Partway again to see them.");
        assert_eq!(goes_on(1).1, "Open Partway again to see it.");
    }

    #[test]
    fn quitting_says_that_nothing_is_lost() {
        let said = |files| quit_now(files).1;
        assert_eq!(
            said(1),
            "1 file still to upload. It goes on from where it is when you open Partway again."
        );
        assert_eq!(
            said(12),
            "12 files still to upload. They go on from where they are when you open Partway again."
        );
    }

    #[test]
    fn the_status_is_what_matters_most() {
        let all = Glance {
            attention: 1,
            uploading: 1,
            percent: Some(7),
            waiting: 2,
            paused: 1,
            ..Glance::default()
        };
        let calm = Glance { attention: 0, ..all.clone() };
        let waits = Glance { uploading: 0, percent: None, ..calm.clone() };
        let rests = Glance { waiting: 0, ..waits.clone() };
        let said = [&all, &calm, &waits, &rests, &Glance::default()].map(status);
        assert_eq!(
            said,
            [
                "1 file needs you",
                "Uploading 1 file, 7 %",
                "2 files wait",
                "1 file paused",
                "Nothing is uploading"
            ]
        );
    }

    #[test]
    fn a_long_name_keeps_its_start_and_its_end() {
        assert_eq!(short("cut_v7.mov"), "cut_v7.mov");
        let long = format!("A001_C017_0408{}_take_0012.braw", "x".repeat(80));
        assert_eq!(short(&long), "A001_C017_0408xxxxxxx…xxx_take_0012.braw");
        assert_eq!(short(&"ü".repeat(41)).chars().count(), 40);
    }

    #[test]
    fn a_name_cannot_write_over_the_menu() {
        assert_eq!(short("a\nb\u{202e}vom.exe"), "abvom.exe");
    }
}
