//! Maps a provider's or a storage's answer to a retry class: one table for all of them.

use std::time::Duration;

use crate::{Cause, RetryClass, Step, rules};

/// The parts of an unexpected answer that matter for its classification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The code in the body: S3's `<Code>` or the vendor's JSON `code`.
    pub code: Option<&'a str>,
    /// The message in the body, redacted.
    pub message: Option<&'a str>,
    /// Whether the body is HTML where JSON or XML was expected.
    pub html: bool,
    /// The header `Retry-After`, as [`retry_after`](crate::retry_after) reads it.
    pub retry_after: Option<Duration>,
}

/// Upper bound on kept words, in characters: enough for a sentence and a request id, too little to fill a
/// journal.
const LONGEST_WORDS: usize = 500;

impl Answer<'_> {
    /// The provider's words: the message, else the code; `None` if it sent neither.
    pub(crate) fn words(&self) -> Option<&str> {
        [self.message, self.code].into_iter().flatten().map(str::trim).find(|words| !words.is_empty())
    }

    /// The provider's words, bounded. The status is shown only in Details.
    pub(crate) fn said(&self) -> String {
        let bounded = |words: &str| words.chars().take(LONGEST_WORDS).collect();
        self.words().map_or_else(|| "no explanation came with it".to_owned(), bounded)
    }
}

/// Classifies an answer at a step. The cause is what to report to the user if it comes to that; `None` if it
/// passes by itself.
///
/// What only the caller knows (it has the request and the headers) is left blank: [`Cause::ClockWrong`] has 0
/// seconds, [`Cause::TypeRefused`] an empty type, [`Cause::NameTaken`] an empty name.
#[must_use]
pub fn classify(step: Step, answer: &Answer<'_>) -> (RetryClass, Option<Cause>) {
    rules::first_match(step, answer)
}
