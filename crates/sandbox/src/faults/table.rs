//! Every fault by name: its steps, its default frequency, and its effect.

use super::effect::{Answer, Effect, For, InFront, More, Receipt, Redirect, Reply, Whole};
use super::step::{Step, Times};
use crate::options::Spelling;

/// One fault.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// Where it can happen; the first is the default.
    pub(crate) steps: &'static [Step],
    /// The default frequency.
    pub(crate) times: Times,
    /// `None`: the name is known, but the fault is not implemented yet.
    pub(crate) effect: Option<Effect>,
}

use Step::{
    Abort, Authenticate, Complete, Connection, List, Part, Put, Refresh, Register, Start, Uploads, Verify,
};

const ALL: &[Step] =
    &[Part, Put, Start, Complete, List, Refresh, Abort, Verify, Authenticate, Register, Uploads];
const API: &[Step] = &[Start, Complete, List, Refresh, Abort, Verify, Authenticate, Register, Uploads];
const API_THEN_PART: &[Step] =
    &[Start, Complete, List, Refresh, Abort, Verify, Authenticate, Register, Uploads, Part, Put];
const PART: &[Step] = &[Part, Put];
const FINISH: &[Step] = &[Complete];
const BEGIN: &[Step] = &[Start];
const LINKS: &[Step] = &[Start, Refresh];
const LISTING: &[Step] = &[List];
const CONNECTION: &[Step] = &[Connection];
const LISTS: &[Step] = &[List, Uploads];
const WHOLE: &[Step] = &[Complete, Put];
const CONDITION: &[Step] = &[Put, Complete];

/// Groups of steps that have a name in the documentation.
#[cfg(test)]
const GROUPS: &[(&str, &[Step])] = &[("all", ALL), ("calls", API), ("calls, part, put", API_THEN_PART)];

/// The fault with this name.
pub(crate) fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().find(|fault| fault.name == name)
}

const fn on(name: &'static str, steps: &'static [Step], times: Times, effect: Effect) -> Fault {
    Fault { name, steps, times, effect: Some(effect) }
}

const fn later(name: &'static str) -> Fault {
    Fault { name, steps: ALL, times: Times::First(1), effect: None }
}

const fn answer(status: u16, code: &'static str, message: &'static str) -> Answer {
    Answer { status, code, message, more: More::Nothing }
}

const fn unknown(answer: Answer) -> Effect {
    Effect::RefuseFor(For::Condition, answer)
}

const fn with(more: More, answer: Answer) -> Answer {
    Answer { more, ..answer }
}

const INTERNAL: Answer = answer(500, "InternalError", "We encountered an internal error. Please try again.");
const SLOW_DOWN: Answer =
    with(More::RetryAfterSeconds, answer(503, "SlowDown", "Please reduce your request rate."));
const TOO_MANY: Answer = answer(429, "TooManyRequests", "Please reduce your request rate.");
const fn page(status: u16, body: &'static str) -> InFront {
    InFront { status, mime: "text/html", body }
}

const CONFLICT: Answer = answer(
    409,
    "OperationAborted",
    "A conflicting conditional operation is currently in progress against this resource. Try again.",
);
const EXPIRED: Answer = with(More::Expired, answer(403, "AccessDenied", "Request has expired"));
const SIGNATURE: &str = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
const NOT_SIGNED: &str = "There were headers present in the request which were not signed";
const NO_UPLOAD: &str = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
const IDLE: &str =
    "Your socket connection to the server was not read from or written to within the timeout period.";
const SHORT: &str = "You did not provide the number of bytes specified by the Content-Length HTTP header";
const DIGEST: &str = "The Content-MD5 you specified did not match what we received.";

const UNKNOWN: &str = "A header you provided implies functionality that is not implemented";
const HEADER: &str = "Unsupported header: If-None-Match";
const NOT_ALLOWED: &str = "The specified method is not allowed against this resource.";
const NO_KEY: &str = "The specified key does not exist.";
const CHECKSUM: &str = "An x-amz-checksum- HTTP header is required";
const SHA256: &str = "Missing required header for this request: x-amz-checksum-sha256";
const OBJECT_LOCK: &str = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Part requests with Object Lock parameters";

/// The server's faults, in the order of docs/sandbox.md.
pub(crate) const FAULTS: &[Fault] = &[
    on("slow", ALL, Times::First(3), Effect::Slow),
    on("low-speed", PART, Times::First(1), Effect::LowSpeed),
    on("stall-mid-body", ALL, Times::First(1), Effect::Stall),
    on("reset-before-headers", ALL, Times::First(3), Effect::ResetBeforeHeaders),
    on("reset-mid-body", ALL, Times::First(3), Effect::ResetMidBody),
    on("half-close", ALL, Times::First(3), Effect::HalfClose),
    on("reset-after-success", ALL, Times::First(3), Effect::ResetAfterSuccess),
    on("keepalive-closed", ALL, Times::Always, Effect::CloseKept),
    on("accept-close", CONNECTION, Times::First(3), Effect::CloseAccepted),
    on("500-once", ALL, Times::First(1), Effect::Refuse(INTERNAL)),
    on("500-n-then-ok", ALL, Times::First(3), Effect::Refuse(INTERNAL)),
    on("502", ALL, Times::First(3), Effect::Refuse(answer(502, "BadGateway", "Bad Gateway"))),
    on("503", ALL, Times::First(3), Effect::Refuse(answer(503, "ServiceUnavailable", "Please try again."))),
    on("504", ALL, Times::First(3), Effect::Refuse(answer(504, "GatewayTimeout", "Gateway Timeout"))),
    on("409-conflict", ALL, Times::First(3), Effect::Refuse(CONFLICT)),
    on("429-seconds", ALL, Times::First(3), Effect::Refuse(with(More::RetryAfterSeconds, TOO_MANY))),
    on("429-date", ALL, Times::First(3), Effect::Refuse(with(More::RetryAfterDate, TOO_MANY))),
    on("503-slowdown", ALL, Times::First(3), Effect::Refuse(SLOW_DOWN)),
    on(
        "400-request-timeout",
        PART,
        Times::First(3),
        Effect::RefuseAfterBody(answer(400, "RequestTimeout", IDLE)),
    ),
    on(
        "400-incomplete-body",
        PART,
        Times::First(3),
        Effect::RefuseAfterBody(answer(400, "IncompleteBody", SHORT)),
    ),
    on("400-bad-digest", PART, Times::First(3), Effect::RefuseAfterBody(answer(400, "BadDigest", DIGEST))),
    on(
        "401-key",
        API,
        Times::Always,
        Effect::Refuse(answer(401, "unauthorized", "The API key is not valid")),
    ),
    on(
        "403-permission",
        API_THEN_PART,
        Times::Always,
        Effect::Refuse(answer(403, "AccessDenied", "Access Denied")),
    ),
    on(
        "402-quota",
        API,
        Times::Always,
        Effect::Refuse(answer(402, "quota_exceeded", "The storage of your plan is used up")),
    ),
    on(
        "413-too-large",
        API_THEN_PART,
        Times::Always,
        Effect::Refuse(answer(
            413,
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
        )),
    ),
    on(
        "415-type",
        API,
        Times::Always,
        Effect::Refuse(answer(415, "unsupported_media_type", "Files of this type are not accepted")),
    ),
    on(
        "413-proxy",
        API_THEN_PART,
        Times::Always,
        // As nginx writes it, whose default limit is 1 MB (nginx.org, `client_max_body_size`).
        Effect::InFront(page(
            413,
            "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
        )),
    ),
    on(
        "403-firewall",
        API_THEN_PART,
        Times::Always,
        Effect::InFront(page(
            403,
            "<!DOCTYPE html>\n<html><head><title>Attention Required!</title></head><body><h1>Sorry, you have been blocked</h1></body></html>\n",
        )),
    ),
    on(
        "403-gateway",
        API,
        Times::Always,
        // Amazon API Gateway, "Gateway responses": ACCESS_DENIED without a template.
        Effect::InFront(InFront {
            status: 403,
            mime: "application/json",
            body: "{\"message\":\"Forbidden\"}",
        }),
    ),
    on("403-expired", PART, Times::FirstLinks, Effect::Refuse(EXPIRED)),
    on(
        "403-expired-r2",
        PART,
        Times::FirstLinks,
        Effect::Refuse(answer(403, "ExpiredRequest", "Request has expired")),
    ),
    on(
        "400-expired-token",
        PART,
        Times::FirstLinks,
        Effect::Refuse(answer(400, "ExpiredToken", "The provided token has expired.")),
    ),
    on("403-signature", PART, Times::Always, Effect::Refuse(answer(403, "SignatureDoesNotMatch", SIGNATURE))),
    on(
        "403-headers-not-signed",
        PART,
        Times::Always,
        Effect::Refuse(with(More::Headers, answer(403, "AccessDenied", NOT_SIGNED))),
    ),
    on("poisoned-checksum", LINKS, Times::Always, Effect::Poison),
    on(
        "404-no-such-upload",
        &[Part, Complete, List, Refresh, Abort],
        Times::FirstSession,
        Effect::Refuse(answer(404, "NoSuchUpload", NO_UPLOAD)),
    ),
    on("complete-200-with-error", FINISH, Times::First(1), Effect::Reply(Reply::ErrorWith200)),
    on("complete-lost-answer", FINISH, Times::First(1), Effect::ResetAfterSuccess),
    on("complete-slow", FINISH, Times::First(1), Effect::Slow),
    on("complete-409", FINISH, Times::First(1), Effect::Refuse(CONFLICT)),
    on("complete-twice", FINISH, Times::First(1), Effect::RefuseAfterSuccess(INTERNAL)),
    on("list-missing-part", LISTING, Times::First(1), Effect::Reply(Reply::ListMissing)),
    on("list-short-part", LISTING, Times::First(1), Effect::Reply(Reply::ListShort)),
    on("list-wrong-etag", LISTING, Times::First(1), Effect::Reply(Reply::ListWrongEtag)),
    on("list-paged", LISTING, Times::Always, Effect::Reply(Reply::ListPaged)),
    on("list-without-etag", LISTING, Times::Always, Effect::Reply(Reply::ListWithoutEtag)),
    on("wrong-etag", PART, Times::First(1), Effect::Receipt(Receipt::Wrong)),
    on("no-etag", PART, Times::Always, Effect::Receipt(Receipt::Absent)),
    on("kms-etag", PART, Times::Always, Effect::Receipt(Receipt::Kms)),
    on("unquoted-etag", PART, Times::Always, Effect::Receipt(Receipt::Unquoted)),
    on("part-etag-other", PART, Times::Always, Effect::Receipt(Receipt::Other)),
    on("whole-etag-other", WHOLE, Times::Always, Effect::Whole(Whole::Other)),
    on("whole-etag-plain", WHOLE, Times::Always, Effect::Whole(Whole::Plain)),
    on("no-list", LISTS, Times::Always, Effect::Refuse(answer(501, "NotImplemented", UNKNOWN))),
    on("no-list-405", LISTS, Times::Always, Effect::Refuse(answer(405, "MethodNotAllowed", NOT_ALLOWED))),
    on("no-list-404", LISTS, Times::Always, Effect::Refuse(answer(404, "NoSuchKey", NO_KEY))),
    on("no-list-page", LISTS, Times::Always, Effect::Reply(Reply::Html)),
    on("no-list-other", LISTS, Times::Always, Effect::Reply(Reply::OtherDocument)),
    on("condition-ignored", CONDITION, Times::Always, Effect::ConditionIgnored),
    on("condition-unknown", CONDITION, Times::Always, unknown(answer(501, "NotImplemented", UNKNOWN))),
    on(
        "condition-unknown-argument",
        CONDITION,
        Times::Always,
        unknown(answer(400, "InvalidArgument", HEADER)),
    ),
    on("condition-unknown-request", CONDITION, Times::Always, unknown(answer(400, "InvalidRequest", HEADER))),
    on(
        "condition-unknown-header",
        CONDITION,
        Times::Always,
        unknown(answer(400, "UnsupportedHeader", HEADER)),
    ),
    on(
        "condition-unknown-405",
        CONDITION,
        Times::Always,
        unknown(answer(405, "MethodNotAllowed", NOT_ALLOWED)),
    ),
    on(
        "checksum-wanted",
        PART,
        Times::Always,
        Effect::RefuseFor(For::NoChecksum, answer(400, "InvalidRequest", OBJECT_LOCK)),
    ),
    on(
        "checksum-wanted-amz",
        PART,
        Times::Always,
        Effect::RefuseFor(For::Lacks("x-amz-checksum-"), answer(400, "InvalidRequest", CHECKSUM)),
    ),
    on(
        "checksum-wanted-sha256",
        PART,
        Times::Always,
        Effect::RefuseFor(For::Lacks("x-amz-checksum-sha256"), answer(400, "InvalidRequest", SHA256)),
    ),
    on("html-instead-of-json", API_THEN_PART, Times::First(1), Effect::Reply(Reply::Html)),
    on("json-cut", API, Times::First(1), Effect::Reply(Reply::Cut)),
    on("json-huge", API, Times::Always, Effect::Reply(Reply::Huge)),
    on("json-wrong-types", API, Times::Always, Effect::Reply(Reply::WrongTypes)),
    on("parts-too-few", LINKS, Times::Always, Effect::Reply(Reply::TooFewParts)),
    on("parts-too-many", LINKS, Times::Always, Effect::Reply(Reply::TooManyParts)),
    on("links-twice", LINKS, Times::Always, Effect::Reply(Reply::OneLinkTwice)),
    on("links-swapped", LINKS, Times::Always, Effect::Reply(Reply::LinksSwapped)),
    on("part-size-zero", BEGIN, Times::Always, Effect::Reply(Reply::PartSizeZero)),
    on("part-size-absurd", BEGIN, Times::Always, Effect::Reply(Reply::PartSizeAbsurd)),
    on("200-html-empty", PART, Times::Always, Effect::Spell(Spelling::Html)),
    on("xml-as-html", API_THEN_PART, Times::Always, Effect::Spell(Spelling::Html)),
    on("error-namespaced", ALL, Times::First(3), Effect::RefuseNamespaced(INTERNAL)),
    on("coded", API_THEN_PART, Times::Always, Effect::Spell(Spelling::Gzip)),
    on("bom", API_THEN_PART, Times::Always, Effect::Spell(Spelling::Bom)),
    on("redirect-same-host", API_THEN_PART, Times::Always, Effect::Redirect(Redirect::SameHost)),
    on("redirect-other-host", API_THEN_PART, Times::Always, Effect::Redirect(Redirect::OtherHost)),
    on("redirect-loop", API_THEN_PART, Times::Always, Effect::Redirect(Redirect::Loop)),
    on("clock-skew", ALL, Times::Always, Effect::ClockSkew),
    later("connection-limit"),
    later("tls-bad-cert"),
    later("dns-fail"),
    on("captive-portal", API_THEN_PART, Times::First(3), Effect::Redirect(Redirect::Portal)),
    later("offline-60s"),
    later("flap-20s"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The table in docs/sandbox.md is what users read: each name once, in this order, with its steps and its
    /// default.
    #[test]
    fn the_documentation_has_every_fault_as_it_is() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sandbox.md");
        let text = std::fs::read_to_string(path).unwrap();
        let (_, table) = text.split_once("| name | steps |").unwrap();
        let rows: Vec<Vec<&str>> = table
            .lines()
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .map(|line| line.split('|').map(str::trim).collect())
            .collect();
        let written: Vec<_> =
            rows.iter().map(|row| (row[1].trim_matches('`'), row[2], row[3].trim_matches('`'))).collect();
        let steps = |fault: &Fault| match GROUPS.iter().find(|(_, group)| *group == fault.steps) {
            Some((word, _)) => (*word).to_owned(),
            None => fault.steps.iter().map(|step| step.name()).collect::<Vec<_>>().join(", "),
        };
        let made: Vec<_> = FAULTS.iter().map(|f| (f.name, steps(f), f.times.to_string())).collect();
        let made: Vec<_> =
            made.iter().map(|(name, steps, times)| (*name, steps.as_str(), times.as_str())).collect();
        assert_eq!(written, made);
        for (row, fault) in rows.iter().zip(FAULTS) {
            assert_eq!(row[4] == "known, not made yet", fault.effect.is_none(), "{}", fault.name);
        }
    }
}
