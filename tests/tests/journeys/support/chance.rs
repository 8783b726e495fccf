//! Where a journey's chance comes from: a seed that is printed, so that what went wrong can be done again.

use rand::rngs::StdRng;
use rand::{Rng as _, RngCore as _, SeedableRng as _};

/// Numbers that follow from a seed.
pub(crate) struct Chance(StdRng);

impl Chance {
    /// Another one each time, unless `PARTWAY_SEED` gives one.
    pub(crate) fn of(journey: &str) -> Self {
        let given = std::env::var("PARTWAY_SEED").ok().map(|seed| seed.parse().unwrap());
        let seed = given.unwrap_or_else(rand::random);
        println!("{journey}: PARTWAY_SEED={seed}");
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number from `low` to below `high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.random_range(low..high)
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}
