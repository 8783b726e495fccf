//! One attempt as seen by the line to its host and by the row, from start to end.

use std::time::Duration;

use partway_core::{Line, Part, PartNumber, RetryClass};
use partway_http::PutFailure;

use super::watchdog::Report;
use crate::body::Attempt;
use crate::progress::Live;
use crate::state::EngineState;

/// An attempt on the line; removed on drop, also if its future is dropped.
pub(super) struct OnLine<'a> {
    state: &'a EngineState,
    live: &'a Live,
    part: PartNumber,
    host: &'a str,
    id: u64,
    acknowledged: u64,
}

impl<'a> OnLine<'a> {
    pub(super) fn begin(state: &'a EngineState, live: &'a Live, host: &'a str, part: Part) -> Self {
        let at = state.clock.steady();
        let id = state.permits.line(host, |line| line.begin(at, part.len)).unwrap_or_default();
        Self { state, live, part: part.number, host, id, acknowledged: 0 }
    }

    fn line<T>(&self, with: impl FnOnce(&mut Line) -> T) -> Option<T> {
        self.state.permits.line(self.host, with)
    }

    fn now(&self) -> Duration {
        self.state.clock.steady()
    }

    /// The storage accepted the part.
    pub(super) fn confirmed(&self) {
        self.line(|line| line.confirmed(self.now(), self.id));
    }

    /// The attempt failed. Only a connection that broke within a part reflects on the line; an answer
    /// reflects on the service.
    pub(super) fn broke(&self, failure: &PutFailure, attempt: &Attempt) {
        if let PutFailure::Wire(failure) = failure
            && failure.status.is_none()
            && matches!(failure.class, RetryClass::Again | RetryClass::Offline)
            && attempt.taken() > 0
        {
            self.line(|line| line.broke(self.now()));
        }
    }
}

impl Report for OnLine<'_> {
    fn moved(&mut self, acknowledged: u64) -> bool {
        let more = acknowledged.saturating_sub(self.acknowledged);
        if more > 0 {
            self.live.took(self.now(), more);
            self.acknowledged = acknowledged;
        }
        self.line(|line| line.moved(self.now(), self.id, acknowledged)).unwrap_or(false)
    }

    fn confirmed_ago(&self) -> Option<Duration> {
        let at = self.line(|line| line.confirmed_at())??;
        Some(self.now().saturating_sub(at))
    }

    fn speed(&self) -> Option<f64> {
        self.line(|line| line.speed())?
    }

    fn in_flight(&self) -> usize {
        self.line(|line| line.in_flight()).unwrap_or(1)
    }
}

impl Drop for OnLine<'_> {
    fn drop(&mut self) {
        self.line(|line| line.end(self.id));
        self.live.end(self.part);
    }
}
