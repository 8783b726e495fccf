//! How a case ended.

use std::fmt;

use partway_core::Failure;

/// A case held, or why not.
pub type Outcome = Result<(), NotHeld>;

/// Why a case did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotHeld {
    /// It does not apply: the provider declares that it cannot, or the destination cannot show it.
    Skipped(&'static str),
    /// The provider does what none may do.
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

/// Whether a case ended as its destination says it must; a sentence where it did not.
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

/// Broken unless this holds.
pub(super) fn ensure(held: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if held { Ok(()) } else { Err(NotHeld::Broken(otherwise())) }
}

pub(super) fn broken<T>(why: impl Into<String>) -> Result<T, NotHeld> {
    Err(NotHeld::Broken(why.into()))
}

pub(super) fn skipped<T>(why: &'static str) -> Result<T, NotHeld> {
    Err(NotHeld::Skipped(why))
}

/// A step that must go well where this is tried.
pub(super) trait MustGo<T> {
    /// What it brought; broken where it did not go well.
    fn must(self, when: &str) -> Result<T, NotHeld>;
    /// Why it did not go well; broken where it did.
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
