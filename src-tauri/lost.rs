//! The page's own process ends by itself, for want of memory or in a crash: the page is loaded anew and comes back as it was.
//!
//! On Windows nobody tells us: there the system's web view shows a page of its own that offers to load ours again.

#![cfg_attr(windows, expect(dead_code, reason = "nobody tells us there"))]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use partway_app::{Button, Message, Press, Tag};
use tauri::{AppHandle, Builder, Manager as _, WebviewWindow, Wry};

use crate::engine::Engine;
use crate::notices::Notices;
use crate::rest::Rest;
use crate::{closing, window, words};

/// A page that ends its process as soon as it is there would do so for ever: after so many times it is let go.
const MOST: usize = 3;
/// Those that lie longer back than this do not count.
const WITHIN: Duration = Duration::from_secs(60);

/// When it was loaded anew.
#[derive(Default)]
pub(crate) struct Lost(Mutex<VecDeque<Instant>>);

/// What becomes of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// It is loaded anew, in the window as it stands.
    LoadAnew,
    /// It goes with its window, and comes when it is wanted.
    LetGo,
}

impl Lost {
    /// `seen`: the window stands on the screen. One that nobody sees costs less without a page.
    fn then(&self, now: Instant, seen: bool) -> Then {
        let mut anew = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        anew.retain(|at| now.saturating_duration_since(*at) < WITHIN);
        if !seen || anew.len() >= MOST {
            return Then::LetGo;
        }
        anew.push_back(now);
        Then::LoadAnew
    }
}

/// From now on the end of the process behind this window's page is noticed.
#[cfg(target_os = "linux")]
pub(crate) fn watch(window: &WebviewWindow) {
    use webkit2gtk::WebViewExt as _;

    let app = window.app_handle().clone();
    // A window that has no view by now has no page to lose.
    let _ = window.with_webview(move |view| {
        view.inner().connect_web_process_terminated(move |_, why| ended(&app, &format!("{why:?}")));
    });
}

/// Told for all windows at once, or not at all.
#[cfg(not(target_os = "linux"))]
pub(crate) fn watch(_: &WebviewWindow) {}

/// Put into Tauri when it is built: macOS tells it there. Written for it, not tried.
#[cfg(target_os = "macos")]
pub(crate) fn plugin(builder: Builder<Wry>) -> Builder<Wry> {
    builder.on_web_content_process_terminate(|view| ended(view.app_handle(), "terminated"))
}

/// Put into Tauri when it is built; here there is nothing to put.
#[cfg(not(target_os = "macos"))]
pub(crate) fn plugin(builder: Builder<Wry>) -> Builder<Wry> {
    builder
}

fn ended(app: &AppHandle, why: &str) {
    tracing::warn!(why, "the page's process ended by itself");
    let (app, engine) = (app.clone(), Arc::clone(&app.state::<Arc<Engine>>()));
    // Never from within an event of the view that it is about.
    engine.runtime().spawn(async move {
        let main = app.clone();
        let _ = app.run_on_main_thread(move || go_on(&main));
    });
}

fn go_on(app: &AppHandle) {
    let Some(page) = window::main(app).filter(|_| !closing::is_ending(app)) else { return };
    let seen = window::is_visible(app);
    if app.state::<Lost>().then(Instant::now(), seen) == Then::LoadAnew && page.reload().is_ok() {
        return;
    }
    if seen {
        closing::hide(app);
        say(app);
    }
    app.state::<Rest>().let_go_now(app);
}

/// One that was closed by hand and one that went are the same to the desktop: either is taken away when the window is there again.
fn say(app: &AppHandle) {
    let ((title, text), open) = (words::window_went(), Press::Show { batch: None });
    let buttons = vec![Button { words: "Open Partway".into(), press: open.clone() }];
    let message = Message { tag: Tag::GoesOn, title, text, needs: false, buttons, press: open };
    app.state::<Notices>().show(message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_ends_again_and_again_is_let_go_and_later_ends_count_anew() {
        let (lost, begun) = (Lost::default(), Instant::now());
        let at = |seconds| lost.then(begun + Duration::from_secs(seconds), true);
        assert_eq!([at(0), at(1), at(20)], [Then::LoadAnew; 3]);
        assert_eq!([at(21), at(59)], [Then::LetGo; 2]);
        assert_eq!(at(60), Then::LoadAnew, "the first lies a minute back");
        assert_eq!(at(60), Then::LetGo);
        assert_eq!(at(300), Then::LoadAnew);
    }

    #[test]
    fn a_page_that_nobody_sees_is_not_loaded_anew() {
        let (lost, now) = (Lost::default(), Instant::now());
        assert_eq!([lost.then(now, false), lost.then(now, false)], [Then::LetGo; 2]);
        assert_eq!(lost.then(now, true), Then::LoadAnew);
    }
}
