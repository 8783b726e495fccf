//! Each vendor against recorded replies, broken ones, and the sandbox. AutoRender's tests are next to this
//! file.
#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads the clock and its environment")]
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside the test functions")]

mod broken;
mod check;
mod complete;
mod conformance;
mod gjirafa;
mod kinds;
mod odd;
mod record360;
mod rig;
mod s3;
mod sandbox;
mod server;
mod settings;
mod spelt;
mod start;
