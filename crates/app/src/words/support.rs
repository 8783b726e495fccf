//! What is said of a crash, or another sudden end, before this start.

/// The banner: title and text. `at` is when it happened.
pub(crate) fn crashed(at: &str) -> (String, String) {
    (
        format!("Partway stopped unexpectedly ({at})."),
        "Uploads go on from where they were. A report was written on this computer and sent to nobody."
            .into(),
    )
}

/// The banner of an end without a report: title and text. It is as true of a power cut or a session that did not wait as of a crash.
pub(crate) fn cut_off(at: &str) -> (String, String) {
    (
        format!("Partway stopped unexpectedly ({at})."),
        "It was ended in the middle of uploads, by a fault, by the system or by a power cut. They go on from where they were.".into(),
    )
}
