//! The shell's own words. Everything else that a user reads comes from the app or the page.

/// Title and text of a notification.
pub(crate) type Words = (String, String);

/// What is said once, when the window is closed while something uploads.
pub(crate) fn still_uploading(files: u32) -> Words {
    let them = if files == 1 { "it" } else { "them" };
    (format!("Still uploading {}", count(files)), format!("Open Partway again to see {them}."))
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
    fn closing_says_how_many() {
        assert_eq!(still_uploading(3).0, "Still uploading 3 files");
        assert_eq!(still_uploading(3).1, "Open Partway again to see them.");
        assert_eq!(still_uploading(1).1, "Open Partway again to see it.");
    }
}
