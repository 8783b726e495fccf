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

/// What an answer means at a step, and what to tell the user if it comes to that (`None` where it passes by itself).
///
/// Two figures cannot be known here and are left for the caller, who has the request and the headers:
/// [`Cause::ClockWrong`] with 0 seconds and [`Cause::TypeRefused`] with an empty type.
#[must_use]
pub fn classify(step: Step, answer: &Answer<'_>) -> (RetryClass, Option<Cause>) {
    rules::first_match(step, answer)
}
