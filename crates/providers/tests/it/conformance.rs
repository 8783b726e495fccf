//! The conformance suite for every provider, against the sandbox; S3's against a real server too.
#![expect(clippy::panic, reason = "helpers of tests stand outside the test functions")]

mod autorender;
mod gjirafa;
mod record360;
mod refusals;
mod s3;
mod sandbox;
mod weed;

/// The seed of a destination: `PARTWAY_SEED`, or a random one. A failing case prints it.
fn seed() -> u64 {
    let given = std::env::var("PARTWAY_SEED").ok().map(|seed| seed.parse().unwrap());
    given.unwrap_or_else(rand::random)
}
