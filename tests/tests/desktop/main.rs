//! The app on a real desktop: X server, window manager, session bus, file manager and pointer, each test with its own of all of them.
//!
//! The programs under test are found beside this test's own, or in `PARTWAY_BIN_DIR`. Pictures are kept in `target/screenshots/desktop/`.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads the clock and its environment")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a journey that cannot go on has nothing else to say")]

mod support;

mod account;
mod asking;
mod awake;
mod background;
mod closing;
mod crash;
mod fences;
mod finished;
mod first_run;
mod guest;
mod hovering;
mod locked;
mod login;
mod lost;
mod many;
mod named;
mod outside;
mod services;
mod session;
mod signals;
mod standing;
mod telling;
mod tray;
mod watched;
