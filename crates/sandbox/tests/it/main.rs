//! The sandbox as its clients see it: a real server, driven over real sockets by a plain client.

#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads the clock and its environment")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected has failed")]

mod admin;
mod command;
mod connections;
mod faults;
mod gjirafa;
mod keys;
mod record360;
mod rig;
mod s3;
mod seaweed;
mod store;
mod strict;
mod tls;
mod upload;
mod vendor_client;
