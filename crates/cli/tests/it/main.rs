//! The real `partwayctl`, used wrongly by scripts and people: its messages and exit codes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

#[cfg(unix)]
mod ends;
mod hand_over;
mod holder;
mod journal;
mod kinds;
mod run;
#[cfg(unix)]
mod suspended;
mod usage;
