//! How much of a part in flight the peer has acknowledged.

use std::sync::{Arc, Mutex, PoisonError};

use crate::tcp::Meter;

/// Read by the code that watches a part; updated while the part is being sent. Clones share the value.
///
/// Counted in bytes of the body. Over TLS the count is ahead by the record overhead, less than a hundredth.
#[derive(Debug, Clone, Default)]
pub struct Acknowledged(Arc<Mutex<Option<Gauge>>>);

#[derive(Debug)]
struct Gauge {
    meter: Meter,
    /// Bytes that the connection had carried before this request.
    before: u64,
    /// Size of the request's head, bytes.
    head: u64,
    /// Size of the body, bytes.
    length: u64,
}

impl Acknowledged {
    /// Bytes of the body that the peer has acknowledged. `None` if nothing was begun, or the system does not
    /// report it.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        let gauge = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gauge = gauge.as_ref()?;
        let carried = gauge.meter.acknowledged()?.saturating_sub(gauge.before);
        Some(carried.saturating_sub(gauge.head).min(gauge.length))
    }

    /// Starts counting a request on that connection.
    pub(crate) fn begin(&self, meter: Meter, head: u64, length: u64) {
        let before = meter.written();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Gauge { meter, before, head, length });
    }
}
