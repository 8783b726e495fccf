//! The conformance suite: what every provider must do, whoever wrote it. The feature `conformance`.
//!
//! A provider is tried at a [`Destination`]: a sandbox, a real server, an account that may be filled. Whoever writes a provider
//! writes that one trait and names it in one macro, which makes a test of each case:
//!
//! ```ignore
//! partway_provider::conformance! {
//!     #[tokio::test]
//!     MyDestination::new().await,
//!     skipping: [the_list_tells_what_was_sent]
//! }
//! ```
//!
//! The cases that are skipped must be named: one that is skipped without being named does not pass, nor does one that is named
//! and holds. So a capability that is lost is noticed, and what a destination cannot show stands written in the test.
//!
//! Chance comes from [`Destination::seed`] alone and is told where a case does not hold. Nothing here waits for time, reads the
//! environment, or asks the network but through the provider and the destination. Where the server is a shared one, [`run`] goes
//! through all cases, one after the other, and reports by name.
//!
//! `crates/provider/tests` holds an example in memory, with all that can be wrong in it and the case that finds it.

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

/// The one list of cases, for whatever is made of it.
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

/// A test of each case: the attributes of a test (`#[tokio::test]`), an expression that makes a
/// [`Destination`](crate::conformance::Destination) within an async function, and the cases that are skipped there.
#[macro_export]
macro_rules! conformance {
    ($(#[$test:meta])+ $make:expr $(, skipping: [$($skipping:ident),* $(,)?])? $(,)?) => {
        $crate::__conformance_cases! {
            __conformance_tests { [$(#[$test])+] [$make] [$($($skipping)*)?] }
        }
    };
}
