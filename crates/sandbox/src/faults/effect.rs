//! What a fault does to a request; the handlers carry it out.

use http::{HeaderMap, header};

use crate::options::Spelling;

/// What happens to the request that a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Answered with a refusal before the body is read.
    Refuse(Answer),
    /// Answered with a refusal before the body is read, where the request has something to be refused for.
    RefuseFor(For, Answer),
    /// Answered with a refusal after the body was read; nothing is done with it.
    RefuseAfterBody(Answer),
    /// Answered with a refusal although all was done.
    RefuseAfterSuccess(Answer),
    /// Done, but the answer is held back.
    Slow,
    /// The body is read at a few kB/s.
    LowSpeed,
    /// Half of the body is read, and then nothing any more; the connection stays open.
    Stall,
    /// Half of the body is read, then the sending half closes; the rest is swallowed.
    HalfClose,
    /// Reset as soon as the request's head is there.
    ResetBeforeHeaders,
    /// Reset after half of the body.
    ResetMidBody,
    /// All is done, then the connection is reset before the answer.
    ResetAfterSuccess,
    /// Done and answered; the connection is kept, and closed at the first byte of its next request.
    CloseKept,
    /// Closed as soon as it was accepted.
    CloseAccepted,
    /// Stored, but the receipt is not what it should be.
    Receipt(Receipt),
    /// The object has another ETag than Amazon would give it, wherever it is told.
    Whole(Whole),
    /// A condition for what is there already is passed over.
    ConditionIgnored,
    /// The reply is not what it should be.
    Reply(Reply),
    /// Right, and spelt otherwise.
    Spell(Spelling),
    /// A refusal before the body is read, in a namespace where it is XML.
    RefuseNamespaced(Answer),
    /// Answered by something in front of the server, before the body is read.
    InFront(InFront),
    /// Sent elsewhere.
    Redirect(Redirect),
    /// The links of this session can take no body.
    Poison,
    /// The server's clock is wrong for as long as it runs.
    ClockSkew,
}

impl Effect {
    /// Whether it is how the server is, beside whatever fault strikes a request.
    pub(crate) fn stands(self) -> bool {
        matches!(self, Self::ClockSkew | Self::Whole(_) | Self::ConditionIgnored)
    }
}

/// What a request may be refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// It has a condition for what is there (`If-None-Match`, `If-Match`).
    Condition,
    /// No checksum comes with its body.
    NoChecksum,
    /// It has no header whose name begins so.
    Lacks(&'static str),
}

impl For {
    /// Whether a request with these headers is one of those.
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

/// How the ETag of an object is made.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    /// As Amazon makes it.
    #[default]
    Own,
    /// In the same form, and other.
    Other,
    /// 32 hex digits, also of an object in parts.
    Plain,
}

/// A status with what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// S3's code.
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) more: More,
}

/// What belongs to a refusal besides its sentence.
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
    /// Opaque, and nothing says so.
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
    /// The first part's link for the second, too.
    OneLinkTwice,
    /// The links of the first two parts, each for the other.
    LinksSwapped,
    /// A document of another kind.
    OtherDocument,
}

/// What stands in front of a server and answers in its place.
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
