//! The words of notifications. Everything else that a user reads comes from the app or the page.

/// A batch that came to its end, as the app counts it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Batch {
    /// The destination's name.
    pub destination: String,
    /// Files in it.
    pub files: u32,
    /// Verified.
    pub verified: u32,
    /// Uploaded, not verified.
    pub uploaded: u32,
    /// Not sent.
    pub left: u32,
    /// Whether it went to *Practice*.
    pub practice: bool,
}

/// Title and text of a notification.
pub(crate) type Words = (String, String);

/// What is said of a finished batch: counted against what was dropped, and "all" only when it is all.
pub(crate) fn batch_finished(batch: &Batch) -> Words {
    let Batch { destination, files, verified, uploaded, left, practice } = batch;
    if *left > 0 {
        let sent = if *practice { "practised" } else { "verified" };
        let mut counts = vec![format!("{verified} {sent}")];
        if *uploaded > 0 {
            counts.push(format!("{uploaded} uploaded but not verified"));
        }
        counts.push(format!("{left} not sent"));
        return (counts.join(", "), "Keep the originals.".into());
    }
    if *practice {
        return (
            "Practice finished, not uploaded".into(),
            format!("{} on this computer only.", count(*files)),
        );
    }
    match (*files, *uploaded) {
        (1, 0) => (format!("1 file verified at {destination}"), String::new()),
        (files, 0) => (format!("All {files} verified at {destination}"), String::new()),
        (_, uploaded) if *verified == 0 => (
            format!("{} uploaded to {destination}, not verified", count(uploaded)),
            "Keep the originals.".into(),
        ),
        (_, uploaded) => (
            format!("{verified} verified at {destination}, {uploaded} uploaded but not verified"),
            "Keep the originals.".into(),
        ),
    }
}

/// What is said of a destination whose uploads wait for its key: it was refused, or is not at hand.
pub(crate) fn needs_key(destination: &str, refused: bool) -> Words {
    let title = if refused {
        format!("{destination} no longer accepts this key.")
    } else {
        format!("{destination} needs its key.")
    };
    (title, "Its uploads wait, nothing is lost. Open Partway to replace the key.".into())
}

/// What is said once, when the window is closed while something uploads.
pub(crate) fn still_uploading(files: u32) -> Words {
    let them = if files == 1 { "it" } else { "them" };
    (format!("Still uploading {}", count(files)), format!("Open Partway again to see {them}."))
}

fn count(files: u32) -> String {
    if files == 1 { "1 file".into() } else { format!("{files} files") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(files: u32, verified: u32, uploaded: u32) -> Batch {
        Batch {
            destination: "Dailies".into(),
            files,
            verified,
            uploaded,
            left: files - verified - uploaded,
            practice: false,
        }
    }

    fn said(batch: &Batch) -> String {
        let (title, text) = batch_finished(batch);
        format!("{title}|{text}")
    }

    #[test]
    fn all_is_said_only_when_it_is_all() {
        assert_eq!(said(&batch(145, 145, 0)), "All 145 verified at Dailies|");
        assert_eq!(said(&batch(1, 1, 0)), "1 file verified at Dailies|");
        assert_eq!(said(&batch(145, 142, 0)), "142 verified, 3 not sent|Keep the originals.");
        assert_eq!(
            said(&batch(145, 140, 2)),
            "140 verified, 2 uploaded but not verified, 3 not sent|Keep the originals."
        );
    }

    #[test]
    fn uploaded_is_never_called_verified() {
        assert_eq!(said(&batch(3, 0, 3)), "3 files uploaded to Dailies, not verified|Keep the originals.");
        assert_eq!(
            said(&batch(3, 1, 2)),
            "1 verified at Dailies, 2 uploaded but not verified|Keep the originals."
        );
    }

    #[test]
    fn practice_is_never_called_an_upload() {
        let practice = Batch { practice: true, ..batch(2, 2, 0) };
        assert_eq!(said(&practice), "Practice finished, not uploaded|2 files on this computer only.");
        let short = Batch { practice: true, ..batch(2, 1, 0) };
        assert_eq!(said(&short), "1 practised, 1 not sent|Keep the originals.");
    }

    #[test]
    fn a_key_that_is_needed_is_no_loss() {
        let title = |refused| needs_key("Acme", refused).0;
        assert_eq!(
            (title(true), title(false)),
            ("Acme no longer accepts this key.".into(), "Acme needs its key.".into())
        );
        assert_eq!(
            needs_key("Acme", true).1,
            "Its uploads wait, nothing is lost. Open Partway to replace the key."
        );
    }

    #[test]
    fn closing_says_how_many() {
        assert_eq!(still_uploading(3).0, "Still uploading 3 files");
        assert_eq!(still_uploading(3).1, "Open Partway again to see them.");
        assert_eq!(still_uploading(1).1, "Open Partway again to see it.");
    }
}
