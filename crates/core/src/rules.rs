//! The table of answers: (step, status, body) → class and cause. The first matching row wins.
//!
//! Sources: AWS "Error responses" and "Multipart upload" for the codes of S3 and compatible storages,
//! Cloudflare R2 and Google Cloud Storage for their forms of expiry, RFC 9110 and RFC 6585 for the statuses,
//! AutoRender's documented errors.

use std::ops::RangeInclusive;

use crate::{Answer, Cause, RetryClass, Step};

use At::{Any, Api, Only, Part};
use Body::{Anything, Code, CodeHolding, CodeSaying, Html, Message, RetryAfter, Saying, Worded};
use RetryClass::{
    Again, Conflict, Credentials, LinkBroken, LinkExpired, Offline, PartsMissing, Refused, SessionGone,
    Throttled, Unknown,
};
use Step::{Abort, Check, Complete, List, Refresh, Start, Verify};

/// The steps at which a row applies.
enum At {
    Any,
    /// At the storage, with a presigned URL and without a key.
    Part,
    /// Everywhere but for a part.
    Api,
    Only(&'static [Step]),
}

/// What the body or the headers must contain.
enum Body {
    Anything,
    /// HTML where JSON or XML is expected.
    Html,
    /// One of these codes, case-insensitively.
    Code(&'static [&'static str]),
    /// This code, with these words in the message.
    CodeSaying(&'static str, &'static str),
    /// A code that contains these letters.
    CodeHolding(&'static str),
    /// A message that contains these words.
    Saying(&'static str),
    /// This message and no code.
    Message(&'static str),
    /// A code or a message.
    Worded,
    /// The service named a time to wait.
    RetryAfter,
}

/// What the user gets to read.
#[derive(Clone, Copy)]
enum Tell {
    /// Nothing: it passes, or the next step reports it.
    Nothing,
    Key,
    Permission,
    /// A page that refuses: from a firewall or a proxy.
    Firewall,
    /// A gateway in front of the service refuses without a reason.
    Gateway,
    /// A gateway in front of the service has nothing at this address.
    NoSuchPath,
    /// Something on the way accepts no request of this size.
    TooLargeOnTheWay,
    Quota,
    TooLarge,
    Type,
    NameTaken,
    /// The destination's own words.
    Said,
    /// A page instead of data.
    Page,
    Redirect,
    Unreadable,
    Links,
    Clock,
    NeverConfirmed,
}

type Row = (At, RangeInclusive<u16>, Body, RetryClass, Tell);

const ALL: RangeInclusive<u16> = 0..=u16::MAX;
const THROTTLED: RetryClass = Throttled { after: None };

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // A page instead of data: something else answered, most likely a captive portal. Below 400 this is the
    // only sign.
    (Any,  511..=511, Anything,                                      Offline,      Tell::Page),
    (Any,  200..=399, Html,                                          Offline,      Tell::Page),
    // A page that refuses is from a firewall or a proxy: it says nothing about the key, nor about the
    // service.
    (Part, 403..=403, Html,                                          Refused,      Tell::Firewall),
    (Only(&[Start, Check]),                     403..=403, Html,     Refused,      Tell::Firewall),
    (Only(&[Refresh, Complete, List, Abort, Verify]), 403..=403, Html, Again,      Tell::Firewall),
    (Any,  413..=413, Html,                                          Refused,      Tell::TooLargeOnTheWay),
    // Amazon API Gateway's own answers, for a request that did not reach the service (AWS, "Gateway
    // responses").
    (Api,  403..=403, Message("forbidden"),                          Refused,      Tell::Gateway),
    (Api,  403..=403, Message("missing authentication token"),       Refused,      Tell::NoSuchPath),
    // No API sends a page for an unknown session, so this 404 must not count as "perhaps already done".
    (Only(&[Start, Check]),                     404..=404, Html,     Refused,      Tell::Page),
    (Only(&[Refresh, Complete, List, Abort, Verify]), 404..=404, Html, Again,      Tell::Page),

    // Codes come before statuses: S3 sends <Error> with 200 at complete, and some of its 4xx pass by
    // themselves.
    (Any,  ALL, Code(&["RequestTimeTooSkewed"]),                     Refused,      Tell::Clock),
    (Part, ALL, Code(&["ExpiredRequest", "ExpiredToken"]),           LinkExpired,  Tell::Nothing),
    (Part, ALL, CodeSaying("AccessDenied", "expired"),               LinkExpired,  Tell::Nothing),
    (Part, ALL, Code(&["SignatureDoesNotMatch", "HeadersNotSigned", "AuthorizationQueryParametersError",
                       "InvalidAccessKeyId", "InvalidToken"]),       LinkBroken,   Tell::Links),
    (Part, ALL, CodeSaying("AccessDenied", "not signed"),            LinkBroken,   Tell::Links),
    (Part, 401..=403, Saying("expired"),                             LinkExpired,  Tell::Nothing),
    // A link that is not valid yet: stores differ in the order of the words. The caller knows who signed it,
    // so whose clock is wrong.
    (Part, ALL, CodeSaying("AccessDenied", "not yet valid"),         LinkBroken,   Tell::Clock),
    (Part, ALL, CodeSaying("AccessDenied", "not valid yet"),         LinkBroken,   Tell::Clock),
    // We sign these links as we use them: one that has expired at once was signed by a wrong clock.
    (Api,  ALL, Code(&["ExpiredRequest"]),                           Refused,      Tell::Clock),
    (Api,  ALL, CodeSaying("AccessDenied", "request has expired"),   Refused,      Tell::Clock),
    (Api,  ALL, CodeSaying("AccessDenied", "not yet valid"),         Refused,      Tell::Clock),
    (Api,  ALL, CodeSaying("AccessDenied", "not valid yet"),         Refused,      Tell::Clock),
    (Api,  ALL, Code(&["SignatureDoesNotMatch", "InvalidAccessKeyId", "InvalidToken", "ExpiredToken"]),
                                                                     Credentials,  Tell::Key),
    (Only(&[Complete]), ALL, Code(&["NoSuchUpload"]),                Conflict,     Tell::NeverConfirmed),
    (Any,  ALL, Code(&["NoSuchUpload"]),                             SessionGone,  Tell::Nothing),
    (Only(&[Complete]), ALL, Code(&["InvalidPart"]),                 PartsMissing, Tell::Nothing),
    (Any,  ALL, Code(&["InvalidPart", "InvalidPartOrder", "EntityTooSmall"]), Refused, Tell::Said),
    (Part, ALL, Code(&["EntityTooLarge"]),                           Refused,      Tell::Said),
    (Api,  ALL, Code(&["EntityTooLarge"]),                           Refused,      Tell::TooLarge),
    // The answer to `If-None-Match: *` (AWS, "How to prevent object overwrites with conditional writes"). A
    // part that carries it is the whole file. Its provider may look once at what is there, and report its
    // name.
    (Part, 412..=412, Anything,                                      LinkBroken,   Tell::NameTaken),
    // Servers that do not know conditional writes; a fresh link omits the condition.
    (Part, ALL, Code(&["NotImplemented", "InvalidArgument"]),        LinkBroken,   Tell::Links),
    (Any,  412..=412, Anything,                                      Refused,      Tell::NameTaken),
    (Any,  ALL, Code(&["PreconditionFailed"]),                       Refused,      Tell::NameTaken),
    // A concurrent write. A PUT is repeated, a multipart upload is restarted (same page).
    (Only(&[Complete]), ALL, Code(&["ConditionalRequestConflict"]),  SessionGone,  Tell::Nothing),
    (Any,  ALL, Code(&["ConditionalRequestConflict"]),               Again,        Tell::Nothing),
    (Any,  ALL, Code(&["NoSuchBucket"]),                             Refused,      Tell::Said),
    (Any,  ALL, Code(&["QuotaExceeded", "XMinioStorageFull"]),       Refused,      Tell::Quota),
    (Any,  ALL, Code(&["SlowDown", "TooManyRequests", "Throttling", "ThrottlingException",
                       "RequestLimitExceeded"]),                     THROTTLED,    Tell::Nothing),
    (Any,  ALL, Code(&["BadDigest", "IncompleteBody", "RequestTimeout", "InternalError", "ServiceUnavailable",
                       "OperationAborted"]),                         Again,        Tell::Nothing),

    // Then by status alone.
    (Any,  429..=429, Anything,                                      THROTTLED,    Tell::Nothing),
    (Any,  503..=503, RetryAfter,                                    THROTTLED,    Tell::Nothing),
    // A gateway that timed out does not know whether the service behind it went on.
    (Only(&[Complete]), 504..=504, Anything,                         Unknown,      Tell::NeverConfirmed),
    // Of the 5xx, these two mean "never".
    (Any,  501..=501, Anything,                                      Refused,      Tell::Said),
    (Any,  505..=505, Anything,                                      Refused,      Tell::Said),
    (Any,  507..=507, Anything,                                      Refused,      Tell::Quota),
    (Any,  500..=599, Anything,                                      Again,        Tell::Nothing),
    (Any,  408..=408, Anything,                                      Again,        Tell::Nothing),
    (Any,  425..=425, Anything,                                      Again,        Tell::Nothing),
    // Redirects are never followed: the key and the body stay with the configured host.
    (Any,  300..=399, Anything,                                      Refused,      Tell::Redirect),
    (Any,  402..=402, Anything,                                      Refused,      Tell::Quota),
    (Any,  407..=407, Anything,                                      Refused,      Tell::Said),

    // A part is sent without the key, so neither 401 nor 403 says anything about it.
    (Part, 401..=401, Anything,                                      LinkBroken,   Tell::Links),
    // If we signed the link, the caller knows that the key lacks permission; otherwise it can only report an
    // unusable link.
    (Part, 403..=403, Anything,                                      LinkBroken,   Tell::Permission),
    (Part, 404..=404, Anything,                                      LinkBroken,   Tell::Links),
    // A storage gives a code with it; without one it is a limit of something in between.
    (Part, 413..=413, Anything,                                      Refused,      Tell::TooLargeOnTheWay),
    (Part, 409..=409, Anything,                                      Again,        Tell::Nothing),
    (Part, 410..=410, Anything,                                      SessionGone,  Tell::Nothing),

    (Api,  401..=401, Anything,                                      Credentials,  Tell::Key),
    (Api,  403..=403, CodeHolding("key"),                            Credentials,  Tell::Key),
    (Api,  403..=403, CodeHolding("token"),                          Credentials,  Tell::Key),
    (Api,  403..=403, Anything,                                      Refused,      Tell::Permission),
    (Api,  413..=413, Anything,                                      Refused,      Tell::TooLarge),
    (Api,  415..=415, Anything,                                      Refused,      Tell::Type),

    // A finished session is gone too: these may answer a complete whose first answer was lost.
    (Only(&[Complete, Verify]),      404..=404, Anything,            Conflict,     Tell::NeverConfirmed),
    (Only(&[Complete, Verify]),      409..=410, Anything,            Conflict,     Tell::NeverConfirmed),
    (Only(&[Refresh, List, Abort]),  404..=404, Anything,            SessionGone,  Tell::Nothing),
    (Only(&[Refresh, List, Abort]),  410..=410, Anything,            SessionGone,  Tell::Nothing),
    (Only(&[Refresh, List, Abort]),  409..=409, Anything,            Again,        Tell::Nothing),

    (Any,  400..=499, Anything,                                      Refused,      Tell::Said),
    // A success status with an error in its body is an error.
    (Any,  200..=299, Worded,                                        Refused,      Tell::Said),
    // A success that cannot be read is not an error: the provider may have put the file together.
    (Only(&[Complete]), 200..=299, Anything,                         Unknown,      Tell::Unreadable),
    (Any,  ALL, Anything,                                            Refused,      Tell::Unreadable),
];

/// The result of the first matching row; the last one matches everything.
pub(crate) fn first_match(step: Step, answer: &Answer<'_>) -> (RetryClass, Option<Cause>) {
    ROWS.iter()
        .find(|(at, status, body, _, _)| {
            at.fits(step) && status.contains(&answer.status) && body.fits(answer)
        })
        .map_or((Refused, None), |(_, _, _, class, tell)| (with_wait(class, answer), tell.cause(answer)))
}

/// A row's class, with the wait that this answer asked for.
fn with_wait(class: &RetryClass, answer: &Answer<'_>) -> RetryClass {
    match class {
        Throttled { .. } => Throttled { after: answer.retry_after },
        other => other.clone(),
    }
}

impl At {
    fn fits(&self, step: Step) -> bool {
        match self {
            Any => true,
            Part => step == Step::Part,
            Api => step != Step::Part,
            Only(steps) => steps.contains(&step),
        }
    }
}

impl Body {
    fn fits(&self, answer: &Answer<'_>) -> bool {
        let code = answer.code.unwrap_or_default();
        let says = |needle: &str| holds(answer.message.unwrap_or_default(), needle);
        match self {
            Anything => true,
            Html => answer.html,
            Code(codes) => codes.iter().any(|known| known.eq_ignore_ascii_case(code)),
            CodeSaying(known, needle) => known.eq_ignore_ascii_case(code) && says(needle),
            CodeHolding(needle) => holds(code, needle),
            Saying(needle) => says(needle),
            Message(words) => {
                let said = answer.message.unwrap_or_default().trim().trim_end_matches('.');
                code.is_empty() && said.eq_ignore_ascii_case(words)
            }
            Worded => answer.words().is_some(),
            RetryAfter => answer.retry_after.is_some(),
        }
    }
}

/// Whether the text contains the needle (lower case), case-insensitively.
fn holds(text: &str, needle: &str) -> bool {
    text.to_ascii_lowercase().contains(needle)
}

fn blocked(what: &str) -> Cause {
    Cause::Blocked { what: what.to_owned() }
}

impl Tell {
    fn cause(self, answer: &Answer<'_>) -> Option<Cause> {
        Some(match self {
            Self::Nothing => return None,
            Self::Key => Cause::KeyRefused,
            Self::Permission => Cause::PermissionRefused,
            Self::Firewall => blocked(
                "a page came in place of an answer, as a firewall or a proxy sends it that lets something not through. Ask whoever runs \
                 this network or the server, or try another network",
            ),
            Self::Gateway => blocked(
                "a gateway in front of the service said “Forbidden” and not why. Check the server's address and the key; if both are \
                 right, a firewall there may not let this computer in",
            ),
            Self::NoSuchPath => blocked(
                "a gateway in front of the service has nothing at this address. Check the server's address, also what comes after the host",
            ),
            Self::TooLargeOnTheWay => blocked(
                "a server on the way (a proxy or a gateway) takes no request as large as this part. Ask whoever runs it to allow larger \
                 ones, or try another network",
            ),
            Self::Quota => Cause::QuotaRefused,
            Self::TooLarge => Cause::TooLarge { limit: None },
            Self::Type => Cause::TypeRefused { mime: String::new() },
            Self::NameTaken => Cause::NameTaken { name: String::new() },
            Self::Said => Cause::Refused { said: answer.said() },
            Self::Page => Cause::BrokenReply { what: "a web page in place of data".to_owned() },
            Self::Redirect => Cause::BrokenReply { what: "a redirect to another address".to_owned() },
            Self::Unreadable => Cause::BrokenReply { what: "an answer that cannot be read".to_owned() },
            Self::Links => Cause::LinksUnusable { what: answer.said() },
            Self::Clock => Cause::ClockWrong { ahead_seconds: 0 },
            Self::NeverConfirmed => Cause::NeverConfirmed,
        })
    }
}
