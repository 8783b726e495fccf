//! How much of one part the peer has acknowledged while it is on its way.

use std::sync::{Arc, Mutex, PoisonError};

use crate::tcp::Meter;

/// Asked by whoever watches a part; filled while it is being sent. Cloning shares it.
///
/// Counted in bytes of the body. Over TLS the figure is ahead of the truth by what the records add, less than a hundredth.
#[derive(Debug, Clone, Default)]
pub struct Acknowledged(Arc<Mutex<Option<Gauge>>>);

#[derive(Debug)]
struct Gauge {
    meter: Meter,
    /// What the connection had carried before this request.
    before: u64,
    /// Bytes of the request's head.
    head: u64,
    /// Bytes of the body.
    length: u64,
}

impl Acknowledged {
    /// Bytes of the body that the peer has acknowledged. `None` where nothing was begun, or the system does not tell.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        let gauge = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gauge = gauge.as_ref()?;
        let carried = gauge.meter.acknowledged()?.saturating_sub(gauge.before);
        Some(carried.saturating_sub(gauge.head).min(gauge.length))
    }

    /// A request begins on that connection.
    pub(crate) fn begin(&self, meter: Meter, head: u64, length: u64) {
        let before = meter.written();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Gauge { meter, before, head, length });
    }
}
