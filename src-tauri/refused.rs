//! What could not be done for somebody who is not there to be answered: files of a drop, of a start, of "open with". Kept until the page
//! takes it: it may not be there yet, or no longer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use partway_api::ApiError;
use tauri::{AppHandle, Emitter as _};
use tokio::sync::Notify;

use crate::window;

/// Tells the page to take it.
const REFUSED: &str = "refused";

/// So many are kept; of more than a person reads, the last ones count.
const MOST: usize = 8;

/// What waits for the page.
#[derive(Default)]
pub(crate) struct Refused {
    waiting: Mutex<VecDeque<ApiError>>,
    news: Notify,
}

impl Refused {
    /// The page shall tell it.
    pub(crate) fn put(&self, what: ApiError) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push_back(what);
        if waiting.len() > MOST {
            waiting.pop_front();
        }
        self.news.notify_one();
    }

    /// Gives it away, once.
    pub(crate) fn take(&self) -> Vec<ApiError> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }
}

/// Calls the page whenever something is there for it. A page that does not listen yet asks when it does.
pub(crate) async fn follow(app: AppHandle, refused: Arc<Refused>) {
    loop {
        refused.news.notified().await;
        let _ = app.emit_to(window::MAIN, REFUSED, ());
    }
}

#[cfg(test)]
mod tests {
    use partway_api::Code;

    use super::*;

    #[test]
    fn it_is_kept_until_somebody_takes_it_and_bounded() {
        let refused = Refused::default();
        assert!(refused.take().is_empty());
        for n in 0..20 {
            refused.put(ApiError::new(Code::Refused, n.to_string()));
        }
        let taken: Vec<_> = refused.take().into_iter().map(|what| what.message).collect();
        assert_eq!(taken, ["12", "13", "14", "15", "16", "17", "18", "19"]);
        assert!(refused.take().is_empty());
    }
}
