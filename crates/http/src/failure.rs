//! From an answer or a network's refusal to a [`Failure`].

use std::error::Error;

use partway_core::{Answer, Cause, Failure, RetryClass, Step, classify};

use crate::redact::redact_text;
use crate::transport::{Obstacle, obstacle, wants_roots};

/// An answer that was not the one hoped for.
#[must_use]
pub fn from_answer(step: Step, answer: &Answer<'_>, clock_ahead: Option<i64>) -> Failure {
    let (class, cause) = classify(step, answer);
    let detail = match (answer.message, answer.html) {
        (_, true) => {
            "a web page came where data was due (a sign-in page of the network, or a proxy)".to_owned()
        }
        (Some(message), false) => redact_text(message),
        (None, false) => unexplained(answer.status).to_owned(),
    };
    let cause = match cause {
        // Only here the clocks are known; where they are not, the storage's word stands.
        Some(Cause::ClockWrong { .. }) => Cause::ClockWrong { ahead_seconds: clock_ahead.unwrap_or(0) },
        Some(cause) => cause,
        None => Cause::KeepsFailing { what: detail.clone() },
    };
    Failure {
        step,
        class,
        cause,
        status: Some(answer.status),
        code: answer.code.map(redact_text),
        detail,
        clock_ahead,
    }
}

/// What a status says by itself (RFC 9110, 15; RFC 6585, 4), where nobody added a word.
const fn unexplained(status: u16) -> &'static str {
    match status {
        408 => "the service waited too long for the rest of the request",
        429 | 503 => "the service was busy",
        502 | 504 => "a server in between got no answer from the service",
        500..=599 => "the service reported a fault of its own",
        _ => "no explanation came with it",
    }
}

/// A yes that cannot be understood. At *complete* it leaves open what was done; elsewhere asking again would bring the same.
#[must_use]
pub fn broken_reply(step: Step, status: u16, clock_ahead: Option<i64>, what: &str) -> Failure {
    let what = redact_text(what);
    let class = if step == Step::Complete { RetryClass::Unknown } else { RetryClass::Refused };
    let failure = Failure::new(step, class, Cause::BrokenReply { what: what.clone() }, what);
    Failure { status: Some(status), clock_ahead, ..failure }
}

/// A yes that breaks off in the middle: as good as an answer that was lost, and asked for again where that can be.
#[must_use]
pub fn cut_reply(step: Step, status: u16, clock_ahead: Option<i64>, what: &str) -> Failure {
    let class = lost_class(step);
    Failure { class, ..broken_reply(step, status, clock_ahead, what) }
}

/// What an answer that did not come means: a start or a complete may have been done.
const fn lost_class(step: Step) -> RetryClass {
    match step {
        Step::Start | Step::Complete => RetryClass::Unknown,
        _ => RetryClass::Again,
    }
}

/// No connection came about, so nothing was sent.
pub(crate) fn not_connected(step: Step, host: &str, error: &(dyn Error + 'static)) -> Failure {
    let detail = redact_text(&format!("{host}: {}", chain(error)));
    let found = obstacle(error);
    let what = found.words().to_owned();
    let (class, cause) = match found {
        Obstacle::Certificate(_) => {
            let help = if wants_roots(error) { CERTIFICATE_HELP } else { "" };
            (RetryClass::Refused, Cause::CertificateRefused { what: format!("{what}{help}") })
        }
        Obstacle::Encryption(_) => {
            let what = format!("{what}. Check the server's address, or ask whoever runs it");
            (RetryClass::Refused, Cause::Blocked { what })
        }
        // A lack on this side says nothing about the network.
        Obstacle::OpenFiles => (RetryClass::Again, Cause::OpenFiles),
        Obstacle::Ports => (RetryClass::Again, Cause::KeepsFailing { what }),
        Obstacle::Network(_) => (RetryClass::Offline, Cause::KeepsFailing { what }),
    };
    Failure::new(step, class, cause, detail)
}

/// What a person can do about a server of his own, whose certificate nobody else knows.
const CERTIFICATE_HELP: &str = ". If it is a server of your own, give the destination the certificate of its authority \
     (“Certificate authority” in its settings, --ca on the command line)";

/// The connection was lost, or its time ran out, after the request had begun: what it did is not known. `plain` is for sentences,
/// `words` are the library's and for Details.
pub(crate) fn lost(step: Step, host: &str, plain: &str, words: &str) -> Failure {
    let detail = redact_text(&format!("{host}: {words}"));
    Failure::new(step, lost_class(step), Cause::KeepsFailing { what: plain.to_owned() }, detail)
}

/// What is said of a connection that ended before an answer.
pub(crate) const BROKE_OFF: &str = "the connection broke off before an answer came";

/// The words of an error and of all that caused it, without repeating what a wrapper only passes on.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let more = error.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        next = error.source();
    }
    words
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_this_computer_lacks_says_nothing_of_the_network() {
        // EMFILE and ENFILE, as a connector hands them on.
        for number in [24, 23] {
            let error = std::io::Error::other(std::io::Error::from_raw_os_error(number));
            let failure = not_connected(Step::Part, "h", &error);
            assert_eq!((failure.class, failure.cause), (RetryClass::Again, Cause::OpenFiles));
        }
    }
}
