//! Words about a crash or another unclean end of the previous run.

/// The banner's title and text. `at` is when it happened.
pub(crate) fn crashed(at: &str) -> (String, String) {
    (
        format!("Partway stopped unexpectedly ({at})."),
        "Uploads go on from where they were. A report was written on this computer and sent to nobody."
            .into(),
    )
}

/// Title and text of the banner for an end without a report. They also hold for a power cut or a session that
/// did not wait.
pub(crate) fn cut_off(at: &str) -> (String, String) {
    (
        format!("Partway stopped unexpectedly ({at})."),
        "It was ended in the middle of uploads, by a fault, by the system or by a power cut. They go on from where they were.".into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_with_a_report_and_one_without_say_what_became_of_it_and_of_the_uploads() {
        let said = [crashed("14:02"), cut_off("14:02")].map(|(title, text)| format!("{title} {text}"));
        insta::assert_snapshot!(said.join("\n"), @r"
        Partway stopped unexpectedly (14:02). Uploads go on from where they were. A report was written on this computer and sent to nobody.
        Partway stopped unexpectedly (14:02). It was ended in the middle of uploads, by a fault, by the system or by a power cut. They go on from where they were.
        ");
    }
}
