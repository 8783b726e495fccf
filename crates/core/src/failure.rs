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

    /// What a storage's no to a link means. Of one that was signed here: that the key may not store, that this computer's clock is
    /// wrong, or that key and secret do not belong together; nobody else made it, so nobody else is blamed. Of one that came from
    /// elsewhere no more than that it does not do.
    #[must_use]
    pub fn of_link(mut self, signed_here: bool) -> Self {
        if signed_here {
            self = self.by_clock();
        }
        if signed_here && let Cause::LinksUnusable { what } = self.cause {
            let by_key = self.code.as_deref().is_some_and(|code| OF_THE_SIGNATURE.contains(&code));
            let said = if by_key || self.status == Some(401) { SIGNED_HERE.to_owned() } else { what };
            self.cause = Cause::Refused { said };
            return self;
        }
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

    /// What a refusal means of a request that was signed here, by this computer's clock: where that is known to be further off than
    /// storages allow, and no reason is told, the clock comes first.
    #[must_use]
    pub fn by_clock(mut self) -> Self {
        let Some(ahead_seconds) = self.clock_ahead.filter(|ahead| ahead.unsigned_abs() >= CLOCK_TOLERANCE)
        else {
            return self;
        };
        let unexplained = matches!(self.status, Some(401 | 403)) && self.code.is_none();
        if self.class == RetryClass::LinkExpired {
            self.cause = Cause::ClockWrong { ahead_seconds };
        } else if unexplained {
            (self.class, self.cause) = (RetryClass::Refused, Cause::ClockWrong { ahead_seconds });
        }
        self
    }

    /// What happened, for a sentence: without status, code or a library's words, which `detail` may hold.
    #[must_use]
    pub fn plain(&self) -> &str {
        match &self.cause {
            Cause::OpenFiles => "too many files and connections are open on this computer",
            Cause::KeepsFailing { what: words }
            | Cause::Blocked { what: words }
            | Cause::CertificateRefused { what: words }
            | Cause::BrokenReply { what: words }
            | Cause::Refused { said: words } => words,
            _ => &self.detail,
        }
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

/// How far a clock may be off, seconds (AWS, "RequestTimeTooSkewed": 15 minutes).
const CLOCK_TOLERANCE: u64 = 15 * 60;

/// A storage's codes for a signature that it does not accept (AWS, "Error responses").
const OF_THE_SIGNATURE: &[&str] = &[
    "SignatureDoesNotMatch",
    "HeadersNotSigned",
    "AuthorizationQueryParametersError",
    "InvalidAccessKeyId",
    "InvalidToken",
];

/// What then is to be done.
const SIGNED_HERE: &str = "it does not accept what was signed with this key. Check the key and its secret, and whether a proxy on the \
     way changes requests; then try again";

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
