//! A failed request, in the one shape that http, providers and engine share.

use std::fmt;

use crate::{Cause, Checksum, RetryClass};

/// The step of the upload at which something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Opening the provider's session.
    Start,
    /// Asking for fresh part targets.
    Refresh,
    /// Sending one part.
    Part,
    /// Asking the provider to put the parts together.
    Complete,
    /// Asking which parts the provider has.
    List,
    /// Aborting the session.
    Abort,
    /// Asking about the finished file.
    Verify,
    /// Testing a destination.
    Check,
}

/// One failed request.
///
/// `detail` is for "Details" and the log: the provider's or the network's own words, without keys or signed
/// URLs, at most 500 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The step at which it failed.
    pub step: Step,
    /// What to do about it.
    pub class: RetryClass,
    /// What to report to the user if it comes to that.
    pub cause: Cause,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The provider's or the storage's error code, if any.
    pub code: Option<String>,
    /// Plain text for Details; redacted and bounded.
    pub detail: String,
    /// By how many seconds the server's clock is ahead of ours, if the answer carried a time.
    pub clock_ahead: Option<i64>,
}

impl Failure {
    /// A failure without an HTTP answer.
    #[must_use]
    pub fn new(step: Step, class: RetryClass, cause: Cause, detail: impl Into<String>) -> Self {
        Self { step, class, cause, status: None, code: None, detail: detail.into(), clock_ahead: None }
    }

    /// Reinterprets a storage's rejection of a part URL. If we signed it, the key lacks permission, this
    /// computer's clock is wrong, or key and secret do not belong together: no one else made the URL.
    /// Otherwise the link is simply unusable.
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

    /// Reinterprets a rejection of a request that we signed. If our clock is known to be further off than
    /// storages allow, and the answer gives no other reason, blames the clock.
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

    /// Whether a conditional request (`If-None-Match`, `If-Match`) may have been refused for the condition
    /// itself, by a server that does not know it. One list for whole files and for *complete*.
    ///
    /// Servers word it in many ways (501 *NotImplemented*, 400 *InvalidArgument* or *InvalidRequest*, 405, or
    /// no word at all), and a proxy that strips the header breaks the signature. So this checks what it is
    /// *not*: a refusal that is plainly about something else. Repeating the request without the condition
    /// settles it.
    #[must_use]
    pub fn may_be_the_condition(&self) -> bool {
        let code = self.code.as_deref().unwrap_or_default();
        let named = |codes: &[&str]| codes.iter().any(|known| known.eq_ignore_ascii_case(code));
        let refused =
            matches!(self.class, RetryClass::Refused | RetryClass::LinkBroken | RetryClass::Credentials);
        let status = matches!(self.status, Some(400 | 405 | 406 | 415 | 417 | 422 | 428 | 501));
        let elsewhere = matches!(
            self.cause,
            Cause::NameTaken { .. } | Cause::ClockWrong { .. } | Cause::QuotaRefused | Cause::TooLarge { .. }
        );
        refused && !elsewhere && !self.wants_checksum() && (named(OF_A_HEADER) || (status && !named(OF_ELSE)))
    }

    /// Whether a storage refused because the body came without a checksum (a bucket with Object Lock; AWS,
    /// `PutObject`, `Content-MD5`).
    #[must_use]
    pub fn wants_checksum(&self) -> bool {
        let detail = self.detail.to_ascii_lowercase();
        let named = detail.contains("content-md5") || detail.contains("x-amz-checksum");
        let code = self.code.as_deref().unwrap_or_default();
        let wanted =
            ["required", "must", "missing", "without", "need"].iter().any(|word| detail.contains(word));
        self.status == Some(400)
            && (code == "MissingContentMD5"
                || (named && wanted && !matches!(code, "BadDigest" | "InvalidDigest")))
    }

    /// The checksum that is named there as wanted; another may do as well.
    #[must_use]
    pub fn wanted_checksum(&self) -> Option<Checksum> {
        let detail = self.detail.to_ascii_lowercase();
        let code = self.code.as_deref().unwrap_or_default();
        // The longest name first: one is the beginning of another.
        let named = |checksum: &Checksum| detail.contains(checksum.header());
        let mut all = Checksum::ALL;
        all.sort_by_key(|checksum| std::cmp::Reverse(checksum.header().len()));
        let md5 = (code == "MissingContentMD5").then_some(Checksum::Md5);
        md5.or_else(|| all.into_iter().find(named)).filter(|_| self.wants_checksum())
    }

    /// The same, where it says that a checksum has to come with the bytes, in words that say what to do. `sent`: the one that did come.
    #[must_use]
    pub fn of_checksum(mut self, signed_here: bool, sent: Option<Checksum>) -> Self {
        if !self.wants_checksum() {
            return self;
        }
        if signed_here {
            let said = match sent {
                None => WANTS_CHECKSUM.to_owned(),
                Some(sent) => format!("{WANTS_OTHER} than {}. {CHOOSE_CHECKSUM}", sent.label()),
            };
            self.class = RetryClass::Refused;
            self.cause = Cause::Refused { said };
        } else {
            self.class = RetryClass::LinkBroken;
            let what = "its storage wants a checksum with every part, and the links ask for none".to_owned();
            self.cause = Cause::LinksUnusable { what };
        }
        self
    }

    /// What happened, for use in a sentence: without the status, code or library text that `detail` may hold.
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

    /// Fills in the file's type, which the reader of the answer could not know.
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

/// Storage codes for a signature that is not accepted (AWS, "Error responses").
const OF_THE_SIGNATURE: &[&str] = &[
    "SignatureDoesNotMatch",
    "HeadersNotSigned",
    "AuthorizationQueryParametersError",
    "InvalidAccessKeyId",
    "InvalidToken",
];

/// Storage codes for an unknown header.
const OF_A_HEADER: &[&str] = &[
    "NotImplemented",
    "MethodNotAllowed",
    "InvalidArgument",
    "InvalidRequest",
    "InvalidHeader",
    "UnsupportedHeader",
    "UnsupportedOperation",
    "NotSupported",
    "SignatureDoesNotMatch",
];

/// Storage codes that a condition cannot cause (AWS, "Error responses").
const OF_ELSE: &[&str] = &[
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError",
    "BadDigest",
    "EntityTooLarge",
    "EntityTooSmall",
    "ExpiredToken",
    "IncompleteBody",
    "InvalidAccessKeyId",
    "InvalidBucketName",
    "InvalidDigest",
    "InvalidPart",
    "InvalidPartOrder",
    "InvalidStorageClass",
    "InvalidTag",
    "InvalidToken",
    "KeyTooLongError",
    "MalformedXML",
    "MetadataTooLarge",
    "MissingContentLength",
    "NoSuchBucket",
    "NoSuchUpload",
    "RequestTimeTooSkewed",
];

/// What then is to be done.
const WANTS_CHECKSUM: &str = "it takes files only with a checksum, as buckets with Object Lock do. Choose one under “Checksum sent with \
     each part” in its settings (partwayctl: --part-checksum), then try again; the upload of a test finds out which";

/// With one that does not do.
const WANTS_OTHER: &str = "it takes files only with another checksum";

const CHOOSE_CHECKSUM: &str = "Choose it under “Checksum sent with each part” in its settings (partwayctl: --part-checksum), then try \
     again; the upload of a test finds out which";

/// What to do about a rejected signature of ours.
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
