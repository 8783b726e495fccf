//! Why a command ended before its end: a sentence for the person, and an exit code for the script.

use std::path::Path;

/// Something in the project does not pass.
const NOT_PASSED: u8 = 1;
/// Something outside the project is missing, and the sentence says what to do.
const NOT_READY: u8 = 2;

/// The end of a command, in words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    /// 1: the project's own work did not pass, 2: the machine lacks something.
    pub(crate) code: u8,
    /// What happened and what to do about it.
    pub(crate) sentence: String,
}

impl Stop {
    /// Whether the machine lacks something, so that going on is of no use.
    pub(crate) fn is_about_the_machine(&self) -> bool {
        self.code == NOT_READY
    }

    /// The same stop, naming the step that it happened in.
    pub(crate) fn in_step(self, step: &str) -> Self {
        Self { sentence: format!("{step} did not pass: {}", self.sentence), ..self }
    }
}

/// What every step of a command answers.
pub(crate) type Outcome<T> = Result<T, Stop>;

/// A step of the project did not pass.
pub(crate) fn not_passed(sentence: impl Into<String>) -> Stop {
    Stop { code: NOT_PASSED, sentence: sentence.into() }
}

/// The machine lacks something that the person can install or allow.
pub(crate) fn not_ready(sentence: impl Into<String>) -> Stop {
    Stop { code: NOT_READY, sentence: sentence.into() }
}

/// Turns an I/O error at `path` into a stop that names both.
pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Stop {
    let path = path.to_path_buf();
    move |cause| not_passed(format!("{}: {cause}", path.display()))
}
