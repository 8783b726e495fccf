//! Both clients against servers that are bare sockets, so that every byte on the wire is seen.
#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads the clock and its environment")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests stand outside the test functions"
)]

mod api;
mod api_refusals;
mod api_storage;
mod confused;
mod connecting;
mod early_answer;
mod kept;
mod proxies;
mod put;
mod put_answers;
mod put_body;
mod server;
mod spelt;
mod tls;
