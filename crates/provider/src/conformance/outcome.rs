//! How a case ended.

use std::fmt;

use partway_core::Failure;

/// `Ok` if the case held, else why not.
pub type Outcome = Result<(), NotHeld>;

/// Why a case did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotHeld {
    /// It does not apply: the provider declares that it cannot do this, or the destination cannot show it.
    Skipped(&'static str),
    /// The provider breaks a rule.
    Broken(String),
}

impl fmt::Display for NotHeld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped(why) => write!(f, "skipped: {why}"),
            Self::Broken(why) => write!(f, "broken: {why}"),
        }
    }
}

/// Judges a case's outcome against the destination's list of skips; the error is a sentence.
///
/// # Errors
/// The case is broken, or was skipped without being named, or was named and held all the same.
pub fn judge(case: &str, outcome: &Outcome, seed: u64, skipping: &[&str]) -> Result<(), String> {
    match (outcome, skipping.contains(&case)) {
        (Ok(()), false) | (Err(NotHeld::Skipped(_)), true) => Ok(()),
        (Ok(()), true) => Err(format!("{case} holds, so it must not be named as skipped")),
        (Err(NotHeld::Skipped(why)), false) => Err(format!("{case} was skipped: {why}")),
        (Err(NotHeld::Broken(why)), _) => Err(format!("{case} does not hold (seed {seed}): {why}")),
    }
}

/// Broken unless `held`.
pub(super) fn ensure(held: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if held { Ok(()) } else { Err(NotHeld::Broken(otherwise())) }
}

pub(super) fn broken<T>(why: impl Into<String>) -> Result<T, NotHeld> {
    Err(NotHeld::Broken(why.into()))
}

pub(super) fn skipped<T>(why: &'static str) -> Result<T, NotHeld> {
    Err(NotHeld::Skipped(why))
}

/// A step that must succeed for the case to go on.
pub(super) trait MustGo<T> {
    /// The value; broken if the step failed.
    fn must(self, when: &str) -> Result<T, NotHeld>;
    /// The failure; broken if the step succeeded.
    fn must_not(self, when: &str) -> Result<Failure, NotHeld>;
}

impl<T> MustGo<T> for Result<T, Failure> {
    fn must(self, when: &str) -> Result<T, NotHeld> {
        self.map_err(|failure| NotHeld::Broken(format!("{when}: {:?}, {failure}", failure.class)))
    }

    fn must_not(self, when: &str) -> Result<Failure, NotHeld> {
        match self {
            Ok(_) => broken(format!("{when}: it went through, and must not")),
            Err(failure) => Ok(failure),
        }
    }
}
