//! What a fault does to a request; the handlers carry it out.

use http::{HeaderMap, header};

use crate::options::Spelling;

/// The effect on the request that a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Refused before the body is read.
    Refuse(Answer),
    /// Refused before the body is read, if the request gives the reason for it.
    RefuseFor(For, Answer),
    /// Refused after the body was read; nothing is done with it.
    RefuseAfterBody(Answer),
    /// Refused although everything was done.
    RefuseAfterSuccess(Answer),
    /// Done, but the answer is delayed.
    Slow,
    /// The body is read at a few kB/s.
    LowSpeed,
    /// Half of the body is read, then nothing more; the connection stays open.
    Stall,
    /// Half of the body is read, then the sending half closes; the rest is discarded.
    HalfClose,
    /// Reset as soon as the request's head arrived.
    ResetBeforeHeaders,
    /// Reset after half of the body.
    ResetMidBody,
    /// Everything is done, then the connection is reset before the answer.
    ResetAfterSuccess,
    /// Done and answered; the connection is kept alive, and closed at the first byte of its next request.
    CloseKept,
    /// Closed right after it was accepted.
    CloseAccepted,
    /// Stored, but with a wrong receipt.
    Receipt(Receipt),
    /// The object has another ETag than Amazon would give it, wherever it is reported.
    Whole(Whole),
    /// A condition on an existing object is ignored.
    ConditionIgnored,
    /// The reply is wrong.
    Reply(Reply),
    /// Correct, but encoded differently.
    Spell(Spelling),
    /// Refused before the body is read, in a namespace if it is XML.
    RefuseNamespaced(Answer),
    /// Answered by something in front of the server, before the body is read.
    InFront(InFront),
    /// Redirected.
    Redirect(Redirect),
    /// The links of this session accept no body.
    Poison,
    /// The server's clock is wrong for the whole run.
    ClockSkew,
}

impl Effect {
    /// Whether it is a property of the server, independent of the faults that strike requests.
    pub(crate) fn stands(self) -> bool {
        matches!(self, Self::ClockSkew | Self::Whole(_) | Self::ConditionIgnored)
    }
}

/// Why a request may be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// It has a condition on an existing object (`If-None-Match`, `If-Match`).
    Condition,
    /// Its body has no checksum.
    NoChecksum,
    /// It has no header whose name begins so.
    Lacks(&'static str),
}

impl For {
    /// Whether a request with these headers qualifies.
    pub(crate) fn fits(self, headers: &HeaderMap) -> bool {
        match self {
            Self::Condition => {
                [header::IF_NONE_MATCH, header::IF_MATCH].iter().any(|name| headers.contains_key(name))
            }
            Self::Lacks(name) => !headers.keys().any(|given| given.as_str().starts_with(name)),
            Self::NoChecksum => !headers
                .keys()
                .any(|name| name == "content-md5" || name.as_str().starts_with("x-amz-checksum-")),
        }
    }
}

/// How the ETag of an object is computed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    /// Like Amazon.
    #[default]
    Own,
    /// In the same form, but different.
    Other,
    /// 32 hex digits, even for a multipart object.
    Plain,
}

/// A status with its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// S3's code.
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) more: More,
}

/// The details of a refusal besides its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    Nothing,
    RetryAfterSeconds,
    RetryAfterDate,
    /// `Expires` and `ServerTime` in the body.
    Expired,
    /// `HeadersNotSigned` in the body.
    Headers,
}

/// How a part's ETag is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Receipt {
    Wrong,
    Absent,
    Kms,
    /// Opaque, without any sign of it.
    Other,
    Unquoted,
}

/// How a reply is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    Html,
    Cut,
    Huge,
    WrongTypes,
    TooFewParts,
    TooManyParts,
    PartSizeZero,
    PartSizeAbsurd,
    ErrorWith200,
    ListMissing,
    ListShort,
    ListWrongEtag,
    ListPaged,
    /// Parts without their ETags.
    ListWithoutEtag,
    /// The second part gets the first part's link.
    OneLinkTwice,
    /// The links of the first two parts, swapped.
    LinksSwapped,
    /// A document of another kind.
    OtherDocument,
}

/// An answer by something in front of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InFront {
    pub(crate) status: u16,
    /// Its `Content-Type`.
    pub(crate) mime: &'static str,
    pub(crate) body: &'static str,
}

/// Where a redirect leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redirect {
    SameHost,
    OtherHost,
    Loop,
    Portal,
}
