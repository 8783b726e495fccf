//! Every known answer of storages and providers maps to the right class, and no answer maps to none.

use std::time::Duration;

use partway_core::{Answer, Cause, Failure, RetryClass, Step, classify};
use proptest::prelude::*;

const STEPS: [Step; 8] = [
    Step::Start,
    Step::Refresh,
    Step::Part,
    Step::Complete,
    Step::List,
    Step::Abort,
    Step::Verify,
    Step::Check,
];

const NEVER_FROM_PARTS: [Step; 7] =
    [Step::Start, Step::Refresh, Step::Complete, Step::List, Step::Abort, Step::Verify, Step::Check];

fn status(status: u16) -> Answer<'static> {
    Answer { status, ..Answer::default() }
}

fn coded(status: u16, code: &'static str) -> Answer<'static> {
    Answer { status, code: Some(code), ..Answer::default() }
}

fn said(status: u16, code: &'static str, message: &'static str) -> Answer<'static> {
    Answer { message: Some(message), ..coded(status, code) }
}

fn page(status: u16) -> Answer<'static> {
    Answer { status, html: true, ..Answer::default() }
}

#[track_caller]
fn is(step: Step, answer: Answer<'_>, class: RetryClass, cause: Option<Cause>) {
    assert_eq!(classify(step, &answer), (class, cause), "{answer:?} at {step:?}");
}

fn words(what: &str) -> Option<Cause> {
    Some(Cause::Refused { said: what.to_owned() })
}

fn links(what: &str) -> Option<Cause> {
    Some(Cause::LinksUnusable { what: what.to_owned() })
}

const THROTTLED: RetryClass = RetryClass::Throttled { after: None };

#[test]
fn expired_links_in_every_form() {
    for answer in [
        said(403, "AccessDenied", "Request has expired"),
        said(403, "accessdenied", "Request has EXPIRED"),
        coded(403, "ExpiredRequest"),
        said(400, "ExpiredToken", "The provided token has expired."),
        said(403, "AuthenticationFailed", "Signature has expired"),
        Answer { status: 403, message: Some("URL expired"), ..Answer::default() },
    ] {
        is(Step::Part, answer, RetryClass::LinkExpired, None);
    }
}

#[test]
fn links_that_can_never_work_say_why() {
    is(
        Step::Part,
        said(403, "SignatureDoesNotMatch", "The request signature does not match"),
        RetryClass::LinkBroken,
        links("The request signature does not match"),
    );
    is(
        Step::Part,
        said(403, "AccessDenied", "There were headers present in the request which were not signed"),
        RetryClass::LinkBroken,
        links("There were headers present in the request which were not signed"),
    );
    is(Step::Part, said(403, "HeadersNotSigned", "x-amz-acl"), RetryClass::LinkBroken, links("x-amz-acl"));
    // This says nothing about the link itself: its signer knows whether the key is at fault.
    let forbidden = || Some(Cause::PermissionRefused);
    is(Step::Part, coded(403, "AccessDenied"), RetryClass::LinkBroken, forbidden());
    is(Step::Part, status(403), RetryClass::LinkBroken, forbidden());
}

#[test]
fn no_part_says_anything_of_the_key() {
    for number in 0..1000 {
        for code in ["", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "invalid_api_key"] {
            let (class, cause) = classify(Step::Part, &coded(number, code));
            assert_ne!(class, RetryClass::Credentials, "{number} {code}");
            assert_ne!(cause, Some(Cause::KeyRefused), "{number} {code}");
            let cause = cause.unwrap_or(Cause::QuotaRefused);
            let failure = Failure::new(Step::Part, class, cause, "said").of_link(false);
            assert_ne!(failure.cause, Cause::PermissionRefused, "{number} {code}");
        }
    }
}

#[test]
fn a_part_that_is_forbidden_is_the_keys_fault_where_the_link_was_signed_with_it() {
    let of = |answer: &Answer<'_>, signed_here| {
        let (class, cause) = classify(Step::Part, answer);
        let mut failure = Failure::new(Step::Part, class, cause.unwrap(), "said");
        (failure.status, failure.code) = (Some(answer.status), answer.code.map(str::to_owned));
        let failure = failure.of_link(signed_here);
        (failure.class, failure.cause)
    };
    let links = |what: &str| (RetryClass::LinkBroken, Cause::LinksUnusable { what: what.into() });
    for answer in [coded(403, "AccessDenied"), status(403)] {
        assert_eq!(of(&answer, true), (RetryClass::Refused, Cause::PermissionRefused));
        assert_eq!(of(&answer, false), links("said"));
    }
    for (code, told) in
        [("SignatureDoesNotMatch", "SignatureDoesNotMatch"), ("HeadersNotSigned", "HeadersNotSigned")]
    {
        let (class, cause) = of(&coded(403, code), true);
        assert_eq!(class, RetryClass::LinkBroken);
        assert!(matches!(cause, Cause::Refused { said } if said.contains("secret")), "{code}");
        assert_eq!(of(&coded(403, code), false), links(told));
    }
    let unexplained = Cause::Refused { said: "no explanation came with it".into() };
    assert_eq!(of(&status(404), true), (RetryClass::LinkBroken, unexplained));
}

#[test]
fn a_wrong_clock_stops() {
    let clock = Some(Cause::ClockWrong { ahead_seconds: 0 });
    for step in STEPS {
        is(step, coded(403, "RequestTimeTooSkewed"), RetryClass::Refused, clock.clone());
    }
    // A link that we signed, expired at once or not valid yet.
    is(Step::Start, said(403, "AccessDenied", "Request has expired"), RetryClass::Refused, clock.clone());
    for words in ["Request is not valid yet", "Request is not yet valid"] {
        is(Step::Start, said(403, "AccessDenied", words), RetryClass::Refused, clock.clone());
        is(Step::Part, said(403, "AccessDenied", words), RetryClass::LinkBroken, clock.clone());
    }
    let young = |signed_here| {
        let cause = Cause::ClockWrong { ahead_seconds: -1200 };
        let failure = Failure::new(Step::Part, RetryClass::LinkBroken, cause, "said").of_link(signed_here);
        (failure.class, failure.cause)
    };
    assert_eq!(young(true), (RetryClass::Refused, Cause::ClockWrong { ahead_seconds: -1200 }));
    assert_eq!(young(false), (RetryClass::LinkBroken, links("said").unwrap()));
}

#[test]
fn a_session_that_is_gone() {
    let gone = coded(404, "NoSuchUpload");
    for step in [Step::Part, Step::List, Step::Refresh, Step::Abort] {
        is(step, gone, RetryClass::SessionGone, None);
    }
    is(Step::Complete, gone, RetryClass::Conflict, Some(Cause::NeverConfirmed));
}

#[test]
fn the_second_complete_may_answer_404_or_409() {
    for number in [404, 409, 410] {
        is(Step::Complete, status(number), RetryClass::Conflict, Some(Cause::NeverConfirmed));
    }
    let web_page = Some(Cause::BrokenReply { what: "a web page in place of data".to_owned() });
    is(Step::Complete, page(404), RetryClass::Again, web_page);
}

#[test]
fn a_wrong_plan_is_permanent_and_a_missing_part_is_not() {
    is(Step::Complete, coded(400, "EntityTooSmall"), RetryClass::Refused, words("EntityTooSmall"));
    is(Step::Complete, coded(400, "InvalidPartOrder"), RetryClass::Refused, words("InvalidPartOrder"));
    is(Step::Part, coded(400, "EntityTooLarge"), RetryClass::Refused, words("EntityTooLarge"));
    is(Step::Complete, coded(400, "InvalidPart"), RetryClass::PartsMissing, None);
    is(Step::Part, coded(400, "InvalidPart"), RetryClass::Refused, words("InvalidPart"));
}

#[test]
fn damage_on_the_way_and_idle_sockets_pass_although_they_are_4xx() {
    for code in ["BadDigest", "IncompleteBody", "RequestTimeout"] {
        is(Step::Part, coded(400, code), RetryClass::Again, None);
    }
    for step in STEPS {
        is(step, status(408), RetryClass::Again, None);
    }
}

#[test]
fn passing_errors_pass_at_every_step() {
    for step in STEPS {
        for number in [500, 502, 503, 520, 599] {
            is(step, status(number), RetryClass::Again, None);
            is(step, page(number), RetryClass::Again, None);
        }
        is(step, coded(409, "OperationAborted"), RetryClass::Again, None);
    }
    is(Step::Part, status(409), RetryClass::Again, None);
    is(Step::Part, status(504), RetryClass::Again, None);
}

#[test]
fn a_gateway_that_gave_up_waiting_for_complete_does_not_know() {
    is(Step::Complete, page(504), RetryClass::Unknown, Some(Cause::NeverConfirmed));
}

#[test]
fn throttling_in_all_its_forms() {
    let after = Some(Duration::from_secs(7));
    for step in STEPS {
        is(step, coded(503, "SlowDown"), THROTTLED, None);
        is(step, status(429), THROTTLED, None);
        let asked = RetryClass::Throttled { after };
        is(step, Answer { retry_after: after, ..status(429) }, asked.clone(), None);
        is(step, Answer { retry_after: after, ..status(503) }, asked.clone(), None);
        is(step, Answer { retry_after: after, ..coded(200, "SlowDown") }, asked, None);
    }
}

#[test]
fn a_200_with_an_error_in_it_failed_all_the_same() {
    is(Step::Complete, coded(200, "InternalError"), RetryClass::Again, None);
    is(Step::Complete, said(200, "", "No such folder"), RetryClass::Refused, words("No such folder"));
}

#[test]
fn a_200_that_cannot_be_read_is_no_refusal_at_complete() {
    let unreadable = Some(Cause::BrokenReply { what: "an answer that cannot be read".to_owned() });
    is(Step::Complete, status(200), RetryClass::Unknown, unreadable.clone());
    is(Step::Complete, said(200, "", " "), RetryClass::Unknown, unreadable.clone());
    is(Step::Start, status(200), RetryClass::Refused, unreadable);
}

#[test]
fn a_page_in_place_of_data_waits_for_the_network() {
    let web_page = Some(Cause::BrokenReply { what: "a web page in place of data".to_owned() });
    for step in STEPS {
        for number in [200, 302, 307, 511] {
            is(step, page(number), RetryClass::Offline, web_page.clone());
        }
    }
    is(Step::Start, page(404), RetryClass::Refused, web_page);
}

#[test]
fn redirects_are_never_followed_nor_repeated() {
    for step in STEPS {
        for number in [301, 302, 303, 307, 308] {
            let what = "a redirect to another address".to_owned();
            is(step, status(number), RetryClass::Refused, Some(Cause::BrokenReply { what }));
        }
    }
}

#[test]
fn refusals_of_the_api() {
    for step in NEVER_FROM_PARTS {
        is(step, status(401), RetryClass::Credentials, Some(Cause::KeyRefused));
        is(step, coded(403, "invalid_API_key"), RetryClass::Credentials, Some(Cause::KeyRefused));
        is(step, coded(403, "TOKEN_REVOKED"), RetryClass::Credentials, Some(Cause::KeyRefused));
        is(step, coded(403, "InvalidAccessKeyId"), RetryClass::Credentials, Some(Cause::KeyRefused));
        is(step, coded(400, "ExpiredToken"), RetryClass::Credentials, Some(Cause::KeyRefused));
        is(step, coded(403, "AccessDenied"), RetryClass::Refused, Some(Cause::PermissionRefused));
        is(step, status(402), RetryClass::Refused, Some(Cause::QuotaRefused));
        is(step, status(413), RetryClass::Refused, Some(Cause::TooLarge { limit: None }));
        is(step, status(415), RetryClass::Refused, Some(Cause::TypeRefused { mime: String::new() }));
        is(step, status(412), RetryClass::Refused, Some(Cause::NameTaken { name: String::new() }));
        is(step, said(422, "E42", "folder is locked"), RetryClass::Refused, words("folder is locked"));
        is(step, coded(400, "E42"), RetryClass::Refused, words("E42"));
        is(step, status(418), RetryClass::Refused, words("no explanation came with it"));
    }
}

#[test]
fn what_stands_between_is_not_told_as_the_destination() {
    let blocked = |step, answer: Answer<'_>, words: &str| {
        let (class, cause) = classify(step, &answer);
        let told = matches!(&cause, Some(Cause::Blocked { what }) if what.contains(words));
        assert!(
            told && !matches!(class, RetryClass::Credentials),
            "{answer:?} at {step:?}: {class:?} {cause:?}"
        );
    };
    for step in STEPS {
        blocked(step, page(403), "a firewall or a proxy");
        blocked(step, page(413), "takes no request as large");
    }
    // A storage that means its own limit gives a code.
    blocked(Step::Part, status(413), "takes no request as large");
    is(Step::Part, said(413, "EntityTooLarge", "too large"), RetryClass::Refused, words("too large"));
    for step in NEVER_FROM_PARTS {
        let gateway = |message| Answer { message: Some(message), ..status(403) };
        blocked(step, gateway("Forbidden"), "said “Forbidden” and not why");
        blocked(step, gateway("Missing Authentication Token"), "nothing at this address");
        // A service that gives a code has looked at the request.
        is(step, said(403, "Forbidden", "Forbidden"), RetryClass::Refused, Some(Cause::PermissionRefused));
        is(step, gateway("Forbidden for this folder"), RetryClass::Refused, Some(Cause::PermissionRefused));
    }
}

#[test]
fn a_name_that_is_taken_is_looked_at_once_and_a_condition_that_is_not_known_is_left_out() {
    let taken = Some(Cause::NameTaken { name: String::new() });
    is(Step::Part, coded(412, "PreconditionFailed"), RetryClass::LinkBroken, taken.clone());
    is(Step::Complete, coded(412, "PreconditionFailed"), RetryClass::Refused, taken.clone());
    is(Step::Complete, coded(200, "PreconditionFailed"), RetryClass::Refused, taken);
    for (status, code) in [(501, "NotImplemented"), (400, "InvalidArgument")] {
        is(Step::Part, coded(status, code), RetryClass::LinkBroken, links(code));
        is(Step::Complete, coded(status, code), RetryClass::Refused, words(code));
    }
    is(Step::Part, coded(409, "ConditionalRequestConflict"), RetryClass::Again, None);
    is(Step::Complete, coded(409, "ConditionalRequestConflict"), RetryClass::SessionGone, None);
}

#[test]
fn the_vendors_words_are_bounded() {
    let long = "é".repeat(100_000);
    let (_, cause) =
        classify(Step::Start, &Answer { status: 400, message: Some(&long), ..Answer::default() });
    assert_eq!(cause, words(&"é".repeat(500)));
}

/// One line per status, so that a changed row shows its effect at every step.
#[test]
fn bare_statuses_at_every_step() {
    let mut table = String::from("status");
    STEPS.iter().for_each(|step| table.push_str(&format!(" {:<11}", format!("{step:?}"))));
    for number in [
        0, 100, 200, 204, 304, 307, 400, 401, 402, 403, 404, 405, 408, 409, 410, 411, 412, 413, 415, 416,
        422, 425, 429, 451, 500, 501, 502, 503, 504, 505, 507, 511, 599, 999,
    ] {
        table.push_str(&format!("\n{number:>6}"));
        for step in STEPS {
            let class = format!("{:?}", classify(step, &status(number)).0);
            let name = class.split([' ', '{']).next().unwrap_or_default();
            table.push_str(&format!(" {name:<11}"));
        }
    }
    let table = table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(table);
}

proptest! {
    /// Whatever a server says: a class that the user must see has a cause, and no class appears at a step it
    /// is not for.
    #[test]
    fn any_answer_leads_somewhere(
        step in prop::sample::select(&STEPS[..]),
        status in prop_oneof![0..600_u16, any::<u16>()],
        code in any::<Option<String>>(),
        message in any::<Option<String>>(),
        html in any::<bool>(),
    ) {
        let answer = Answer { status, code: code.as_deref(), message: message.as_deref(), html, retry_after: None };
        let (class, cause) = classify(step, &answer);
        let finishing = matches!(step, Step::Complete | Step::Verify);
        match class {
            RetryClass::Refused | RetryClass::Credentials => prop_assert!(cause.is_some()),
            RetryClass::LinkExpired | RetryClass::LinkBroken => prop_assert_eq!(step, Step::Part),
            RetryClass::PartsMissing => prop_assert_eq!(step, Step::Complete),
            RetryClass::Conflict | RetryClass::Unknown => prop_assert!(finishing),
            _ => {}
        }
        // A redirect and a refused key are never simply retried.
        if (300..400).contains(&status) || status == 401 {
            prop_assert_ne!(class, RetryClass::Again);
        }
    }
}
