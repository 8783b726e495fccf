//! A change of the number of connections that has to show whether it pays.

/// A change pays if the rate follows it by half. (Twice the connections, at least one and a half times the bytes.)
const PAYS: f64 = 0.5;

/// Fewer connections are slower at first on any line: what was sent of those that were let go of is still in its queues. So the rate has
/// to be low in so many windows.
const LOW: u32 = 4;

/// A change that has to show whether it pays.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trial {
    /// Connections before, and bytes a second with them.
    pub(super) from: usize,
    rate: f64,
    /// Parts take so long that none begins by itself within a window.
    pub(super) is_slow: bool,
    low: u32,
}

/// What a trial showed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shown {
    /// More connections carry more: bytes a second of each.
    More { share: f64 },
    /// They do not.
    NoMore,
    /// Nothing yet.
    Nothing,
}

impl Trial {
    pub(super) const fn new(from: usize, rate: f64, is_slow: bool) -> Self {
        Self { from, rate, is_slow, low: 0 }
    }

    /// With that many connections, that rate was measured.
    pub(super) fn shows(&mut self, connections: usize, rate: f64) -> Shown {
        let (before, after) = ((self.from, self.rate), (connections, rate));
        if self.from < connections {
            return if pays(before, after) {
                Shown::More { share: rate / connections as f64 }
            } else {
                Shown::NoMore
            };
        }
        if !pays(after, before) {
            return Shown::NoMore;
        }
        self.low += 1;
        if self.low < LOW { Shown::Nothing } else { Shown::More { share: self.rate / self.from as f64 } }
    }
}

/// Whether the second number of connections, which is larger, is worth it over the first, each with its rate.
fn pays(fewer: (usize, f64), more: (usize, f64)) -> bool {
    let growth = more.0 as f64 / fewer.0 as f64 - 1.0;
    more.1 >= fewer.1 * (1.0 + PAYS * growth)
}
