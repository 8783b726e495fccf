//! Journeys that fill a disk or two cores take turns; the light ones go beside them.

use std::sync::{Mutex, MutexGuard, PoisonError};

static TURN: Mutex<()> = Mutex::new(());

/// Waits for the turn of a heavy journey, until the value goes.
pub(crate) fn heavy() -> MutexGuard<'static, ()> {
    // A journey that failed has said so itself; the next one is no worse for it.
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}
