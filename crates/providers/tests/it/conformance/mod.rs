//! The conformance suite for every provider, against the sandbox.

mod autorender;
mod gjirafa;
mod record360;
mod refusals;
mod sandbox;

/// The seed of a destination: `PARTWAY_SEED`, or another one each time. A case that does not hold tells it.
fn seed() -> u64 {
    let given = std::env::var("PARTWAY_SEED").ok().map(|seed| seed.parse().unwrap());
    given.unwrap_or_else(rand::random)
}
