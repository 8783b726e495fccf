//! From an answer or a network's refusal to a [`Failure`].

use std::error::Error;
use std::io;

use partway_core::{Answer, Cause, Failure, RetryClass, Step, classify};

use crate::redact::redact_text;

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
    if let Some(what) = certificate_fault(error) {
        let cause = Cause::CertificateRefused { what: what.clone() };
        return Failure::new(step, RetryClass::Refused, cause, redact_text(&format!("{host}: {what}")));
    }
    // A lack on this side (files, ports) says nothing about the network.
    let class = if find(error, is_own_lack) { RetryClass::Again } else { RetryClass::Offline };
    Failure::new(step, class, Cause::KeepsFailing { what: "no connection came about".to_owned() }, detail)
}

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

/// Whether any error of the chain, also inside an [`io::Error`], is of that kind.
fn find(error: &(dyn Error + 'static), is: fn(&(dyn Error + 'static)) -> bool) -> bool {
    walk(error, &mut |error| is(error).then_some(())).is_some()
}

fn walk<T>(
    error: &(dyn Error + 'static),
    look: &mut dyn FnMut(&(dyn Error + 'static)) -> Option<T>,
) -> Option<T> {
    if let Some(found) = look(error) {
        return Some(found);
    }
    // `source` of an io::Error leaves out the error that it holds and goes on to that one's source.
    if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return walk(inner, look);
    }
    error.source().and_then(|error| walk(error, look))
}

/// What is wrong with the server's certificate, if that is what stopped us.
fn certificate_fault(error: &(dyn Error + 'static)) -> Option<String> {
    use rustls::CertificateError as Bad;
    let fault = walk(error, &mut |error| error.downcast_ref::<rustls::Error>().cloned())?;
    Some(match fault {
        rustls::Error::InvalidCertificate(bad) => match bad {
            Bad::Expired | Bad::ExpiredContext { .. } => {
                "its certificate has run out, or this computer's clock is wrong".to_owned()
            }
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "its certificate is not valid yet, or this computer's clock is wrong".to_owned()
            }
            Bad::UnknownIssuer => "nobody this computer trusts has issued its certificate".to_owned(),
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "its certificate is for another host".to_owned()
            }
            Bad::Revoked => "its certificate was revoked".to_owned(),
            other => redact_text(&other.to_string()),
        },
        rustls::Error::NoCertificatesPresented => "it showed no certificate".to_owned(),
        _ => return None,
    })
}

/// Too many open files, or no free port: raw numbers, because `io::ErrorKind` has no stable name for the former.
fn is_own_lack(error: &(dyn Error + 'static)) -> bool {
    const EMFILE: i32 = 24; // POSIX errno on Linux and macOS
    const ENFILE: i32 = 23;
    const WSAEMFILE: i32 = 10024; // Windows Sockets error codes
    let Some(error) = error.downcast_ref::<io::Error>() else { return false };
    let number = error.raw_os_error();
    error.kind() == io::ErrorKind::AddrNotAvailable
        || number == Some(WSAEMFILE)
        || (cfg!(unix) && (number == Some(EMFILE) || number == Some(ENFILE)))
}
