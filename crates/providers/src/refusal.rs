//! A reply that came with a yes and says no in its body.

use partway_core::{Answer, Cause, Failure, RetryClass, Step};
use partway_http::{ApiReply, from_answer, vendor_words};

/// The failure that such a reply is. `status` is the one that the body names, where it does: it counts more than the envelope's.
///
/// A plain no is refused in the vendor's words; codes and statuses that mean something of their own (a session that is gone, a
/// fault that passes) are judged as if they had come without the yes.
pub(crate) fn said_no(step: Step, answer: &ApiReply, status: Option<u16>) -> Failure {
    let (code, message) = vendor_words(&answer.json);
    let status = status.filter(|status| (400..=599).contains(status)).unwrap_or(answer.status);
    let said = Answer { status, code: code.as_deref(), message: message.as_deref(), ..Answer::default() };
    let failure = from_answer(step, &said, answer.clock_ahead);
    if status >= 400 || code.is_some() || message.is_some() {
        return failure;
    }
    let said = "no reason was given".to_owned();
    Failure {
        class: RetryClass::Refused,
        cause: Cause::Refused { said: said.clone() },
        detail: said,
        ..failure
    }
}

/// What is called although the capabilities say that it is not there: no vendor's fault, but no reason to panic either.
pub(crate) fn cannot(step: Step, said: &str) -> Failure {
    Failure::new(step, RetryClass::Refused, Cause::Refused { said: said.to_owned() }, said)
}
