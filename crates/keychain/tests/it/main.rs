//! Keys in memory, and in a real keychain behind a D-Bus session of its own.

#[cfg(target_os = "linux")]
mod inside;
mod session;
#[cfg(target_os = "linux")]
mod system;
