//! Journeys across the parts, without a window: `partwayctl` sends real files to `partway-sandbox`, and both are hurt on the way.
//!
//! The programs under test lie in `PARTWAY_BIN_DIR`, or beside this test's own. What a test draws by chance follows from a seed that it
//! prints; `PARTWAY_SEED` gives that seed again.

#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads the clock and its environment")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a journey that meets the unexpected has failed")]

mod support;

mod bad_input;
mod crash;
mod faults;
mod front_ends;
mod house;
mod kinds;
mod links;
mod memory;
#[cfg(unix)]
mod open_files;
mod secrets;
mod watched;
mod whole;
