//! The expected result of the sandbox's faults. The table of answers is in VENDORS.md, "Storage behind the
//! presigned URLs".

use partway_core::RetryClass::{
    self, Again, Conflict, Credentials, LinkBroken, LinkExpired, Offline, Refused, SessionGone, Throttled,
    Unknown,
};
use partway_core::Step;
use partway_provider::conformance::Refusal;

const THROTTLED: RetryClass = Throttled { after: None };

/// Fault, class, cause, words.
pub(super) type Row = (&'static str, RetryClass, &'static str, &'static str);

/// At a part: the storage is the same for all.
const PART: &[Row] = &[
    ("403-expired@part", LinkExpired, "keeps-failing", "Request has expired"),
    ("403-expired-r2@part", LinkExpired, "keeps-failing", "Request has expired"),
    ("400-expired-token@part", LinkExpired, "keeps-failing", "token has expired"),
    ("403-signature@part", LinkBroken, "links-unusable", "signature"),
    ("403-headers-not-signed@part", LinkBroken, "links-unusable", "not signed"),
    ("403-permission@part", LinkBroken, "permission-refused", "Access Denied"),
    ("404-no-such-upload@part", SessionGone, "keeps-failing", "upload does not exist"),
    ("400-request-timeout@part", Again, "keeps-failing", "not read from or written to"),
    ("400-incomplete-body@part", Again, "keeps-failing", "number of bytes"),
    ("400-bad-digest@part", Again, "keeps-failing", "did not match"),
    ("409-conflict@part", Again, "keeps-failing", "conflicting"),
    ("413-too-large@part", Refused, "refused", "maximum allowed size"),
    ("429-seconds@part", THROTTLED, "keeps-failing", "reduce your request rate"),
    ("429-date@part", THROTTLED, "keeps-failing", "reduce your request rate"),
    ("503-slowdown@part", THROTTLED, "keeps-failing", "reduce your request rate"),
    ("500-once@part", Again, "keeps-failing", "internal error"),
    ("502@part", Again, "keeps-failing", "Bad Gateway"),
    ("504@part", Again, "keeps-failing", "Gateway Timeout"),
    ("html-instead-of-json@part", Offline, "broken-reply", "web page"),
    ("redirect-other-host@part", Refused, "broken-reply", "send us on to"),
    ("reset-before-headers@part", Again, "keeps-failing", ""),
    ("reset-mid-body@part", Again, "keeps-failing", ""),
    ("reset-after-success@part", Again, "keeps-failing", ""),
];

/// At start and complete: statuses that speak for themselves, in whatever words the vendor uses.
const API: &[Row] = &[
    ("401-key@start", Credentials, "key-refused", "not valid"),
    ("403-permission@start", Refused, "permission-refused", "Access Denied"),
    ("402-quota@start", Refused, "quota-refused", "used up"),
    ("413-too-large@start", Refused, "too-large", "maximum allowed size"),
    ("415-type@start", Refused, "type-refused", "not accepted"),
    ("429-seconds@start", THROTTLED, "keeps-failing", "reduce your request rate"),
    ("503-slowdown@start", THROTTLED, "keeps-failing", "reduce your request rate"),
    ("500-once@start", Again, "keeps-failing", "internal error"),
    ("502@start", Again, "keeps-failing", "Bad Gateway"),
    ("409-conflict@start", Again, "keeps-failing", "conflicting"),
    ("html-instead-of-json@start", Offline, "broken-reply", "web page"),
    ("captive-portal@start", Offline, "broken-reply", "web page"),
    ("redirect-other-host@start", Refused, "broken-reply", "send us on to"),
    ("reset-after-success@start", Unknown, "keeps-failing", ""),
    ("401-key@complete", Credentials, "key-refused", "not valid"),
    ("500-once@complete", Again, "keeps-failing", "internal error"),
    ("503-slowdown@complete", THROTTLED, "keeps-failing", "reduce your request rate"),
    ("504@complete", Unknown, "never-confirmed", "Gateway Timeout"),
    ("404-no-such-upload@complete", Conflict, "never-confirmed", "upload does not exist"),
    ("complete-409@complete", Again, "keeps-failing", "conflicting"),
    ("complete-lost-answer@complete", Unknown, "keeps-failing", ""),
    ("html-instead-of-json@complete", Offline, "broken-reply", "web page"),
];

/// Invalid JSON replies.
const JSON: &[Row] = &[
    ("json-cut@start", Unknown, "broken-reply", ""),
    ("json-wrong-types@start", Refused, "broken-reply", ""),
    ("parts-too-few@start", Refused, "broken-reply", ""),
    ("parts-too-many@start", Refused, "broken-reply", ""),
    ("poisoned-checksum@start", Refused, "links-unusable", "x-amz-checksum-crc32"),
    ("complete-200-with-error@complete", Again, "keeps-failing", "internal error"),
    ("json-cut@complete", Unknown, "broken-reply", ""),
];

/// A server that names the part size can name an impossible one.
const PART_SIZE: &[Row] = &[
    ("part-size-zero@start", Refused, "broken-reply", "0"),
    ("part-size-absurd@start", Refused, "broken-reply", "1000000000000000000"),
];

/// For vendors with a JSON API, by whether the server names the part size; `otherwise` overrides rows for
/// this vendor.
pub(super) fn of_json(server_plans: bool, otherwise: &[Row]) -> Vec<Refusal> {
    let part_size = if server_plans { PART_SIZE } else { &[] };
    let common = [PART, API, JSON, part_size].concat().into_iter();
    let changed = |row: &Row| otherwise.iter().any(|other| other.0 == row.0);
    common.filter(|row| !changed(row)).chain(otherwise.iter().cloned()).map(refusal).collect()
}

/// For a storage that is called directly: its own codes at every step.
const S3: &[Row] = &[
    ("401-key@start", Credentials, "key-refused", ""),
    ("403-permission@start", Refused, "permission-refused", ""),
    ("503-slowdown@start", THROTTLED, "keeps-failing", ""),
    ("500-once@start", Again, "keeps-failing", ""),
    ("502@start", Again, "keeps-failing", ""),
    ("html-instead-of-json@start", Offline, "broken-reply", "web page"),
    ("redirect-other-host@start", Refused, "broken-reply", ""),
    ("complete-200-with-error@complete", Again, "keeps-failing", ""),
    ("503-slowdown@complete", THROTTLED, "keeps-failing", ""),
    ("404-no-such-upload@complete", Conflict, "never-confirmed", ""),
    ("complete-lost-answer@complete", Unknown, "keeps-failing", ""),
];

/// For S3.
pub(super) fn of_s3() -> Vec<Refusal> {
    [PART, S3].concat().into_iter().map(refusal).collect()
}

fn refusal((name, class, cause, says): Row) -> Refusal {
    let at = match name.rsplit_once('@').map(|(_, step)| step) {
        Some("start") => Step::Start,
        Some("part") => Step::Part,
        Some("complete") => Step::Complete,
        other => panic!("{name}: no step {other:?}"),
    };
    Refusal { name, at, class, cause, says }
}
