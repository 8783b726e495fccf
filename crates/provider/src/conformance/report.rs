//! All cases by name, and their outcomes.

use std::fmt;
use std::pin::Pin;

use super::destination::Destination;
use super::outcome::{Outcome, judge};

/// A running case.
pub(super) type Running<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// One case.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// The name of its function.
    pub name: &'static str,
    /// The function.
    pub run: for<'a> fn(&'a dyn Destination) -> Running<'a>,
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_list {
    ($with:tt $($case:ident)+) => {
        &[$(Case { name: stringify!($case), run: |destination| Box::pin(super::$case(destination)) }),+]
    };
}

/// All cases, in the order in which they run.
pub const CASES: &[Case] = crate::__conformance_cases! { __conformance_list {} };

/// Runs all cases at one destination, one after the other.
pub async fn run(destination: &dyn Destination) -> Report {
    let mut outcomes = Vec::with_capacity(CASES.len());
    for case in CASES {
        outcomes.push((case.name, (case.run)(destination).await));
    }
    Report { seed: destination.seed(), outcomes }
}

/// The outcomes of all cases; prints one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The seed that was used.
    pub seed: u64,
    /// Name and outcome, in the order in which they ran.
    pub outcomes: Vec<(&'static str, Outcome)>,
}

impl Report {
    /// Sentences about the cases that did not end as they must, given those to skip; empty if all is well.
    #[must_use]
    pub fn complaints(&self, skipping: &[&str]) -> Vec<String> {
        let judged = self.outcomes.iter().map(|(name, outcome)| judge(name, outcome, self.seed, skipping));
        judged.filter_map(Result::err).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, outcome) in &self.outcomes {
            match outcome {
                Ok(()) => writeln!(f, "{name}: holds")?,
                Err(not_held) => writeln!(f, "{name}: {not_held}")?,
            }
        }
        write!(f, "seed {}", self.seed)
    }
}
