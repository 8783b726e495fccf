//! From a vendor's or a storage's answer to a retry class: one table for all of them.

use std::time::Duration;

use crate::{Cause, RetryClass, Step, rules};

/// What matters of an answer that was not the one hoped for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The code in the body: S3's `<Code>` or the vendor's JSON `code`.
    pub code: Option<&'a str>,
    /// The message in the body, redacted.
    pub message: Option<&'a str>,
    /// Whether HTML came where JSON or XML is due.
    pub html: bool,
    /// The header `Retry-After`, as [`retry_after`](crate::retry_after) reads it.
    pub retry_after: Option<Duration>,
}

/// The vendor's words are kept up to this length: enough for a sentence and a request id, too little to fill a journal.
const LONGEST_WORDS: usize = 500;

impl Answer<'_> {
    /// The vendor's words: the message, else the code; `None` where it said nothing.
    pub(crate) fn words(&self) -> Option<&str> {
        [self.message, self.code].into_iter().flatten().map(str::trim).find(|words| !words.is_empty())
    }

    /// The vendor's words, bounded. The status is for Details alone.
    pub(crate) fn said(&self) -> String {
        let bounded = |words: &str| words.chars().take(LONGEST_WORDS).collect();
        self.words().map_or_else(|| "no explanation came with it".to_owned(), bounded)
    }
}

/// What an answer means at a step, and what to tell the user if it comes to that (`None` where it passes by itself).
///
/// What cannot be known here is left for the caller, who has the request and the headers: [`Cause::ClockWrong`] with
/// 0 seconds, [`Cause::TypeRefused`] with an empty type, [`Cause::NameTaken`] with an empty name.
#[must_use]
pub fn classify(step: Step, answer: &Answer<'_>) -> (RetryClass, Option<Cause>) {
    rules::first_match(step, answer)
}
