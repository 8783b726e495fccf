//! What is said of a crash before this start.

/// The banner: title and text. `at` is when it happened.
pub(crate) fn crashed(at: &str) -> (String, String) {
    (
        format!("Partway stopped unexpectedly ({at})."),
        "Uploads go on from where they were. A report was written on this computer and sent to nobody."
            .into(),
    )
}
