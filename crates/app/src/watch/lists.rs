//! Maps a filter to its list and row count, and sums up the footer.

use std::collections::HashMap;
use std::sync::PoisonError;

use partway_api::{Counts, Filter, Footer};
use partway_engine::{JobId, LiveView, Show, Sums};

use crate::App;

pub(super) const fn show(filter: Filter) -> Show {
    match filter {
        Filter::All => Show::All,
        Filter::Uploading => Show::Active,
        Filter::Waiting => Show::Waiting,
        Filter::Paused => Show::Paused,
        Filter::NeedsAttention => Show::Attention,
        Filter::Verified => Show::Verified,
    }
}

pub(super) const fn total(filter: Filter, sums: &Sums) -> u32 {
    match filter {
        Filter::All => sums.all,
        Filter::Uploading => sums.active,
        Filter::Waiting => sums.waiting,
        Filter::Paused => sums.paused,
        Filter::NeedsAttention => sums.attention,
        Filter::Verified => sums.verified,
    }
}

pub(super) const fn counts(sums: &Sums) -> Counts {
    Counts {
        all: sums.all,
        uploading: sums.active,
        waiting: sums.waiting,
        paused: sums.paused,
        needs_attention: sums.attention,
        verified: sums.verified,
    }
}

pub(super) fn footer(app: &App, sums: &Sums, live: &HashMap<JobId, LiveView>) -> Footer {
    let speed: u64 = live.values().map(|live| live.speed).sum();
    let on_the_way: u64 = live.values().map(|live| live.on_the_way).sum();
    let left = sums.open_size.saturating_sub(sums.open_confirmed).saturating_sub(on_the_way);
    #[expect(clippy::cast_precision_loss, reason = "a speed in bytes a second is far below 2^52")]
    let seconds_left = partway_core::time_left(left, speed as f64).map(|left| left.as_secs());
    let speeds = app.0.speeds.lock().unwrap_or_else(PoisonError::into_inner);
    Footer {
        speed,
        history: speeds.iter().copied().collect(),
        confirmed: sums.open_confirmed,
        total: sums.open_size,
        seconds_left: seconds_left.filter(|_| left > 0),
        paused: sums.paused_left,
        limit: None,
    }
}
