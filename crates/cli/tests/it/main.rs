//! The real `partwayctl` as scripts and people use it wrongly: what it says, and with which number it ends.

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
