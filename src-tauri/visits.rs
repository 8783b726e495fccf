//! Where the window goes when a button outside of it says so. Kept until the page takes it: it may not be there yet.

use std::sync::{Mutex, PoisonError};

use partway_api::Visit;
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::{closing, window};

/// Tells the page to take it.
const VISIT: &str = "visit";

/// The next one.
#[derive(Default)]
pub(crate) struct Visits(Mutex<Option<Visit>>);

impl Visits {
    /// Gives it away, once.
    pub(crate) fn take(&self) -> Option<Visit> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, visit: Visit) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(visit);
    }
}

/// Shows the window, and has its page go there.
pub(crate) fn go(app: &AppHandle, visit: Visit) {
    app.state::<Visits>().put(visit);
    closing::show(app);
    // A page that is not there asks when it comes.
    let _ = app.emit_to(window::MAIN, VISIT, ());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_counts_and_is_taken_once() {
        let visits = Visits::default();
        assert_eq!(visits.take(), None);
        visits.put(Visit { batch: Some("a".into()), ..Visit::default() });
        visits.put(Visit { batch: Some("b".into()), ..Visit::default() });
        assert_eq!(visits.take().and_then(|visit| visit.batch).as_deref(), Some("b"));
        assert_eq!(visits.take(), None);
    }
}
