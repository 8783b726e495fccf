//! The app's requests against the sandbox, asked the way a front end asks them.

#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads the clock and its environment")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where something is not as it should be"
)]

mod adding;
mod awake;
mod away;
mod clocks;
mod destinations;
mod fields;
mod fixture;
mod keeps;
mod keychain;
mod keys;
mod kinds;
mod own_ca;
mod practice;
mod rig;
mod secrets;
mod statements;
mod support;
mod taking_up;
mod telling;
mod ticks;
mod trials;
mod typed;
mod watched;
mod watched_again;
