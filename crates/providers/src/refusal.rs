//! A reply with a success status and a refusal in its body.

use partway_core::{Answer, Cause, Failure, RetryClass, Step};
use partway_http::{ApiReply, from_answer, vendor_words};

/// Turns such a reply into a failure. `status` is the one that the body names, if any; it takes precedence
/// over the envelope's.
///
/// A plain refusal gets the vendor's words. Codes and statuses with a meaning (a session that is gone, a
/// transient error) are judged as if they had come without the success status.
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

/// The failure for a call that the capabilities declare unsupported: not the vendor's fault, but no reason to
/// panic either.
pub(crate) fn cannot(step: Step, said: &str) -> Failure {
    Failure::new(step, RetryClass::Refused, Cause::Refused { said: said.to_owned() }, said)
}
