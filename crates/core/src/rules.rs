//! The table of answers: (step, status, code, words) → class and cause.

use crate::{Answer, Cause, RetryClass, Step};

pub(crate) fn first_match(_step: Step, _answer: &Answer<'_>) -> (RetryClass, Option<Cause>) {
    (RetryClass::Again, None)
}
