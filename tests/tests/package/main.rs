//! The .deb, looked at from outside and installed on a clean system. `cargo xtask test --only package` makes it and says where it lies;
//! pictures are kept in `target/screenshots/package/`.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads its environment")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a journey that cannot go on has nothing else to say")]

mod contents;
mod depends;
mod installed;
mod support;
