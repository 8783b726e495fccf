//! What happens while the window is hidden for long: its web view is let go, which gives its memory back, and comes back as it was; and an
//! app that has no icon in a tray and nothing to do ends.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tauri::{AppHandle, Manager as _};

use crate::engine::Engine;
use crate::notices::Notices;
use crate::outside::Outside;
use crate::tray::Tray;
use crate::{closing, window};

/// So long a hidden window keeps its web view: opening it again soon shall cost nothing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// So long an app that nobody can see stays after its work is done, and longer while something that it told can still be pressed.
const LINGER: Duration = Duration::from_secs(2 * 60);
/// What the page may say of itself, in bytes of JSON.
const MOST: usize = 4096;

/// Hidden, or not, and what the page last said of itself. In memory only.
pub(crate) struct Rest {
    patience: Duration,
    /// Counts hiding and showing; a wait that ends in another turn than it began in has nothing to do.
    turn: AtomicU64,
    hidden: AtomicBool,
    /// There is no web view: it was let go, or never made.
    gone: AtomicBool,
    /// It is just being let go.
    going: AtomicBool,
    page: Mutex<Option<Value>>,
}

impl Rest {
    /// Of an app whose window is shown or not.
    pub(crate) fn new(patience: Duration, visible: bool) -> Self {
        Self {
            patience,
            turn: AtomicU64::new(0),
            hidden: AtomicBool::new(!visible),
            gone: AtomicBool::new(!visible),
            going: AtomicBool::new(false),
            page: Mutex::new(None),
        }
    }

    /// Keeps what the page says of itself.
    ///
    /// # Errors
    /// Where that is more than a page can have to say.
    pub(crate) fn keep_page(&self, page: Value) -> Result<(), usize> {
        let size = page.to_string().len();
        if size > MOST {
            return Err(size);
        }
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = Some(page);
        Ok(())
    }

    /// What the page last said of itself, for the one that comes after it.
    pub(crate) fn page(&self) -> Option<Value> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The window was hidden.
    pub(crate) fn begin(&self, app: &AppHandle) {
        self.hidden.store(true, Ordering::SeqCst);
        let turn = self.turn.fetch_add(1, Ordering::SeqCst) + 1;
        let (app, patience) = (app.clone(), self.patience);
        engine(&app).runtime().spawn(async move {
            tokio::time::sleep(patience).await;
            let main = app.clone();
            // On the thread that draws, where nobody can show the window in between.
            let _ = app.run_on_main_thread(move || main.state::<Rest>().let_go(&main, turn));
        });
    }

    /// The window is wanted again.
    pub(crate) fn over(&self, app: &AppHandle) {
        self.hidden.store(false, Ordering::SeqCst);
        self.turn.fetch_add(1, Ordering::SeqCst);
        let app = app.clone();
        // Never from within an event of the window that just went.
        engine(&app).runtime().spawn(async move {
            let main = app.clone();
            let _ = app.run_on_main_thread(move || main.state::<Rest>().bring_back(&main));
        });
    }

    /// Whether the end of the last window is our own doing, and not the end of the app.
    pub(crate) fn window_went(&self, app: &AppHandle) -> bool {
        let ours = self.going.swap(false, Ordering::SeqCst);
        if ours && !self.hidden.load(Ordering::SeqCst) {
            // It was wanted again while it went.
            self.over(app);
        }
        ours
    }

    /// The page is gone already: its window goes at once, from the thread that draws.
    #[cfg_attr(windows, expect(dead_code, reason = "nobody tells us there that it is gone"))]
    pub(crate) fn let_go_now(&self, app: &AppHandle) {
        self.hidden.store(true, Ordering::SeqCst);
        let turn = self.turn.fetch_add(1, Ordering::SeqCst) + 1;
        self.let_go(app, turn);
    }

    fn let_go(&self, app: &AppHandle, turn: u64) {
        if self.turn.load(Ordering::SeqCst) != turn || closing::is_ending(app) {
            return;
        }
        if let Some(window) = window::main(app) {
            self.gone.store(true, Ordering::SeqCst);
            self.going.store(true, Ordering::SeqCst);
            // What cannot be destroyed stays, hidden as it is.
            let _ = window.destroy();
        }
    }

    fn bring_back(&self, app: &AppHandle) {
        if self.gone.load(Ordering::SeqCst) && window::main(app).is_none() {
            // One that cannot be made is tried again the next time it is wanted.
            self.gone.store(window::open(app).is_err(), Ordering::SeqCst);
        }
        window::bring_forward(app);
    }
}

/// Ends an app that has nothing to do, no window, and no icon that would bring one back.
pub(crate) async fn end_when_idle(app: AppHandle) {
    let mut glances = app.state::<Outside>().follow();
    loop {
        let linger = LINGER.min(app.state::<Rest>().patience);
        let busy = glances.borrow_and_update().as_ref().is_none_or(|glance| glance.has_work());
        let unseen = app.state::<Rest>().hidden.load(Ordering::SeqCst);
        tokio::select! {
            changed = glances.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(linger) => {
                let still = app.state::<Rest>().hidden.load(Ordering::SeqCst);
                // What was told has buttons, which would do nothing any more.
                let told = app.state::<Notices>().standing().any_waits();
                if !busy && unseen && still && !told && !app.state::<Tray>().is_seen().await {
                    return closing::quit(&app);
                }
            }
        }
    }
}

fn engine(app: &AppHandle) -> Arc<Engine> {
    Arc::clone(&app.state::<Arc<Engine>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_page_says_of_itself_is_bounded_and_the_last_word_counts() {
        let rest = Rest::new(PATIENCE, true);
        assert_eq!(rest.page(), None);
        rest.keep_page(json!({ "view": "settings" })).unwrap();
        assert!(rest.keep_page(json!("x".repeat(MOST))).is_err());
        assert_eq!(rest.page(), Some(json!({ "view": "settings" })));
        assert!(rest.page().is_some(), "whoever comes after the next one is told it, too");
        rest.keep_page(json!({ "view": "list" })).unwrap();
        assert_eq!(rest.page(), Some(json!({ "view": "list" })));
    }
}
