//! What went wrong with one request, in the one shape that http, providers and engine share.

use std::fmt;

use crate::{Cause, RetryClass};

/// The step of the upload during which something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Opening the vendor's session.
    Start,
    /// Asking for part targets anew.
    Refresh,
    /// Sending one part.
    Part,
    /// Asking the vendor to put the parts together.
    Complete,
    /// Asking which parts the vendor has.
    List,
    /// Throwing the session away.
    Abort,
    /// Asking about the finished file.
    Verify,
    /// Testing a destination.
    Check,
}

/// One request that did not do what it should.
///
/// `detail` is for "Details" and the log: the vendor's own words or the network's, without keys or signed URLs, at most 500 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// During which step.
    pub step: Step,
    /// What to do about it.
    pub class: RetryClass,
    /// What to tell the user if it comes to that.
    pub cause: Cause,
    /// The HTTP status, where an answer came.
    pub status: Option<u16>,
    /// The vendor's or the storage's error code, where there was one.
    pub code: Option<String>,
    /// Plain text for Details; redacted and bounded.
    pub detail: String,
    /// By how many seconds the server's clock is ahead of ours, where the answer told its time.
    pub clock_ahead: Option<i64>,
}

impl Failure {
    /// A failure without an HTTP answer.
    #[must_use]
    pub fn new(step: Step, class: RetryClass, cause: Cause, detail: impl Into<String>) -> Self {
        Self { step, class, cause, status: None, code: None, detail: detail.into(), clock_ahead: None }
    }

    /// What a storage's "forbidden" or "not yet" to a part means: of a link that was signed here, that the key may not store it, or
    /// that this computer's clock is wrong; of one that came from elsewhere, no more than that it does not do.
    #[must_use]
    pub fn of_link(mut self, signed_here: bool) -> Self {
        let by_signer = matches!(self.cause, Cause::PermissionRefused | Cause::ClockWrong { .. });
        if self.class == RetryClass::LinkBroken && by_signer {
            if signed_here {
                self.class = RetryClass::Refused;
            } else {
                self.cause = Cause::LinksUnusable { what: self.detail.clone() };
            }
        }
        self
    }

    /// A refusal of a file's type with that type, which the reader of the answer could not know.
    #[must_use]
    pub fn with_type(mut self, offered: &str) -> Self {
        if let Cause::TypeRefused { mime } = &mut self.cause {
            offered.clone_into(mime);
        }
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.step)?;
        if let Some(status) = self.status {
            write!(f, " {status}")?;
        }
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

impl std::error::Error for Failure {}
