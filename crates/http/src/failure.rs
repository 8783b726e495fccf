//! Turns an answer or a network error into a [`Failure`].

use std::error::Error;

use partway_core::{Answer, Cause, Failure, RetryClass, Step, classify};

use crate::redact::redact_text;
use crate::transport::{Obstacle, obstacle, wants_roots};

/// The failure of an unexpected answer.
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
        // The clocks are known only here; if they are not, the storage's word stands.
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

/// What a status alone means (RFC 9110, 15; RFC 6585, 4), if the answer has no words.
const fn unexplained(status: u16) -> &'static str {
    match status {
        408 => "the service waited too long for the rest of the request",
        429 | 503 => "the service was busy",
        502 | 504 => "a server in between got no answer from the service",
        500..=599 => "the service reported a fault of its own",
        _ => "no explanation came with it",
    }
}

/// A success that cannot be understood. At *complete* the outcome is unknown; elsewhere a retry would bring
/// the same.
#[must_use]
pub fn broken_reply(step: Step, status: u16, clock_ahead: Option<i64>, what: &str) -> Failure {
    let what = redact_text(what);
    let class = if step == Step::Complete { RetryClass::Unknown } else { RetryClass::Refused };
    let failure = Failure::new(step, class, Cause::BrokenReply { what: what.clone() }, what);
    Failure { status: Some(status), clock_ahead, ..failure }
}

/// A success that is cut off: as good as a lost answer, and retried where possible.
#[must_use]
pub fn cut_reply(step: Step, status: u16, clock_ahead: Option<i64>, what: &str) -> Failure {
    let class = lost_class(step);
    Failure { class, ..broken_reply(step, status, clock_ahead, what) }
}

/// The class of a lost answer: a start or a complete may have been carried out.
const fn lost_class(step: Step) -> RetryClass {
    match step {
        Step::Start | Step::Complete => RetryClass::Unknown,
        _ => RetryClass::Again,
    }
}

/// No connection was established, so nothing was sent.
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
        // Exhausted local resources say nothing about the network.
        Obstacle::OpenFiles => (RetryClass::Again, Cause::OpenFiles),
        Obstacle::Ports => (RetryClass::Again, Cause::KeepsFailing { what }),
        Obstacle::Network(_) => (RetryClass::Offline, Cause::KeepsFailing { what }),
    };
    Failure::new(step, class, cause, detail)
}

/// What the user can do about a private server whose certificate is not publicly trusted.
const CERTIFICATE_HELP: &str = ". If it is a server of your own, give the destination the certificate of its authority \
     (“Certificate authority” in its settings, --ca on the command line)";

/// The connection was lost, or timed out, after the request had begun: its effect is unknown. `plain` is for
/// sentences, `words` is the library's text for Details.
pub(crate) fn lost(step: Step, host: &str, plain: &str, words: &str) -> Failure {
    let detail = redact_text(&format!("{host}: {words}"));
    Failure::new(step, lost_class(step), Cause::KeepsFailing { what: plain.to_owned() }, detail)
}

/// The words for a connection that ended before an answer.
pub(crate) const BROKE_OFF: &str = "the connection broke off before an answer came";

/// The text of an error and its sources, without repeating what a wrapper only passes on.
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
        // EMFILE and ENFILE, as a connector passes them on.
        for number in [24, 23] {
            let error = std::io::Error::other(std::io::Error::from_raw_os_error(number));
            let failure = not_connected(Step::Part, "h", &error);
            assert_eq!((failure.class, failure.cause), (RetryClass::Again, Cause::OpenFiles));
        }
    }
}
