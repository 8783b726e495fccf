//! Keys in memory, and in a real keychain behind a private D-Bus session.
#![cfg_attr(
    target_os = "linux",
    expect(
        clippy::disallowed_methods,
        reason = "a test is a program: it reads the clock and its environment"
    ),
    expect(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "helpers of tests stand outside the test functions"
    )
)]

#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod inside;
#[cfg(target_os = "linux")]
mod made_up;
mod session;
#[cfg(target_os = "linux")]
mod system;
#[cfg(windows)]
mod windows;
