//! AutoRender against recorded replies, broken ones, and the sandbox.
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside the test functions")]

mod broken;
mod check;
mod complete;
mod sandbox;
mod server;
mod settings;
mod start;
