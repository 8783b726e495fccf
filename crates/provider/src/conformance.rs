//! The conformance suite: what every provider must do, no matter who wrote it. Behind the feature
//! `conformance`.
//!
//! A provider is tested at a [`Destination`]: a sandbox, a real server, a test account. The author of a
//! provider implements that one trait and names it in one macro, which generates a test per case:
//!
//! ```ignore
//! partway_provider::conformance! {
//!     #[tokio::test]
//!     MyDestination::new().await,
//!     skipping: [the_list_tells_what_was_sent]
//! }
//! ```
//!
//! Skipped cases must be named: a case that is skipped without being named fails, and so does a named one
//! that holds. So a lost capability is noticed, and the test itself lists what a destination cannot show.
//!
//! Randomness comes from [`Destination::seed`] alone, which is printed when a case fails. Nothing here waits
//! for time, reads the environment, or uses the network except through the provider and the destination. For
//! a shared server, [`run`] goes through all cases one after the other and reports by name.
//!
//! `crates/provider/tests` has an in-memory example, with each possible flaw and the case that finds it.

mod cases;
mod chance;
mod destination;
mod outcome;
mod report;
mod upload;

pub use cases::*;
pub use destination::{Destination, Object, Refusal, Seen, Sent, Taken};
pub use outcome::{NotHeld, Outcome, judge};
pub use report::{CASES, Case, Report, run};

/// The one list of cases, for any macro that uses it.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_cases {
    ($then:ident $with:tt) => {
        $crate::$then! { $with
            parts_arrive_in_any_order
            two_files_at_once_do_not_mix
            a_part_sent_again_changes_nothing
            of_two_bodies_of_a_part_the_last_holds
            a_session_goes_on_in_a_new_process
            expired_links_are_renewed
            after_expired_links_a_new_session_works
            the_list_tells_what_was_sent
            an_aborted_session_is_gone
            a_second_complete_is_yes_or_conflict
            a_missing_part_never_makes_a_shorter_file
            a_session_that_cannot_be_read_is_told
            every_size_arrives
            what_is_beyond_the_limits_is_refused_before_anything_is_sent
            names_in_any_script_arrive
            fields_arrive
            every_refusal_is_decoded
            a_wrong_key_is_told_as_such
            capabilities_are_honest
            nothing_shows_a_key_or_a_signed_link
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ($with:tt $($case:ident)+) => { $($crate::__conformance_test! { $with $case })+ };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_test {
    ({ [$($test:tt)+] [$make:expr] [$($skipping:ident)*] } $case:ident) => {
        $($test)+
        async fn $case() {
            let destination = $make;
            let outcome = $crate::conformance::$case(&destination).await;
            let seed = $crate::conformance::Destination::seed(&destination);
            let judged = $crate::conformance::judge(stringify!($case), &outcome, seed, &[$(stringify!($skipping)),*]);
            assert!(judged.is_ok(), "{}", judged.err().unwrap_or_default());
        }
    };
}

/// Generates a test per case from: test attributes (`#[tokio::test]`), an expression that makes a
/// [`Destination`](crate::conformance::Destination) within an async function, and the cases to skip.
#[macro_export]
macro_rules! conformance {
    ($(#[$test:meta])+ $make:expr $(, skipping: [$($skipping:ident),* $(,)?])? $(,)?) => {
        $crate::__conformance_cases! {
            __conformance_tests { [$(#[$test])+] [$make] [$($($skipping)*)?] }
        }
    };
}
