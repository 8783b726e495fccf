//! Closing the window, and ending the app: closing hides while there is a reason to go on, ending asks while something uploads and is
//! always in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use partway_api::{Command, Done, Look, Settings, Tick};
use partway_app::{Button, Message, Press, Tag};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons};

use crate::engine::Engine;
use crate::notices::Notices;
use crate::rest::Rest;
use crate::ticks::Ticks;
use crate::tray::Tray;
use crate::{glance, window, words};

/// What the app gets to say how much is under way; it answers from memory.
const COUNT: Duration = Duration::from_secs(2);

/// What was begun already and is done once.
#[derive(Default)]
pub(crate) struct Closing {
    ending: AtomicBool,
    asking: AtomicBool,
}

/// What closing the window comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Close {
    Hide,
    Quit,
    Ask,
}

/// What goes on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Work {
    /// Files that upload or wait for their turn.
    files: u32,
    /// Folders are watched: something may come at any time.
    watches: bool,
}

/// `keep`: uploads shall go on; `tray`: an icon brings the window back.
const fn on_close(keep: bool, Work { files, watches }: Work, tray: bool) -> Close {
    match (keep, files) {
        (true, 0) if !watches && !tray => Close::Quit,
        (true, _) => Close::Hide,
        (false, 0) => Close::Quit,
        (false, _) => Close::Ask,
    }
}

/// The user closed the window.
pub(crate) fn close(app: &AppHandle) {
    let engine = engine(app);
    let app = app.clone();
    engine.clone().runtime().spawn(async move {
        let settings = settings(&engine).await;
        let keep = settings.as_ref().is_none_or(|settings| settings.keep_uploading);
        let work = under_way(&engine).await;
        match on_close(keep, work, app.state::<Tray>().is_seen().await) {
            Close::Quit => quit(&app),
            Close::Ask => ask(&app, work.files),
            Close::Hide => {
                hide(&app);
                // Where that cannot be known it is rather said twice.
                if settings.is_none_or(|settings| !settings.told_of_hiding) {
                    say(&app, work.files);
                }
            }
        }
    });
}

/// The user wants the app to end: asked once more while something uploads.
pub(crate) fn quit_is_wanted(app: &AppHandle) {
    let engine = engine(app);
    let app = app.clone();
    engine.clone().runtime().spawn(async move {
        match under_way(&engine).await.files {
            0 => quit(&app),
            files => ask(&app, files),
        }
    });
}

/// Ends the app: parts in flight get their few seconds, the journal is closed, then the process ends with 0.
pub(crate) fn quit(app: &AppHandle) {
    end(app, || async {});
}

/// The same for a session that waits for it.
#[cfg(target_os = "linux")]
pub(crate) fn quit_for(app: &AppHandle, ends: crate::session::Ends) {
    end(app, || ends.go_on());
}

/// The same for a session that waits until this is dropped.
#[cfg(windows)]
pub(crate) fn quit_holding(app: &AppHandle, held: crate::leaving::Held) {
    end(app, move || async move { drop(held) });
}

fn end<F: Future<Output = ()> + Send + 'static>(app: &AppHandle, after: impl FnOnce() -> F + Send + 'static) {
    if app.state::<Closing>().ending.swap(true, Ordering::SeqCst) {
        return;
    }
    window::keep_place(app);
    window::hide(app);
    let engine = engine(app);
    let app = app.clone();
    engine.clone().runtime().spawn(async move {
        // Before the journal closes, which remembers what stands.
        app.state::<Notices>().end().await;
        engine.end().await;
        after().await;
        app.exit(0);
    });
}

/// Whether the end was begun.
pub(crate) fn is_ending(app: &AppHandle) -> bool {
    app.state::<Closing>().ending.load(Ordering::SeqCst)
}

/// Shows the window again.
pub(crate) fn show(app: &AppHandle) {
    if is_ending(app) {
        return;
    }
    app.state::<Ticks>().visible(true);
    app.state::<Notices>().withdraw(Tag::GoesOn);
    app.state::<Rest>().over(app);
}

/// Takes the window away; the app goes on.
pub(crate) fn hide(app: &AppHandle) {
    app.state::<Ticks>().visible(false);
    window::keep_place(app);
    window::hide(app);
    app.state::<Rest>().begin(app);
}

/// A dialog of the system's: it is there whether the page is or not.
fn ask(app: &AppHandle, files: u32) {
    if app.state::<Closing>().asking.swap(true, Ordering::SeqCst) {
        return;
    }
    let (title, text) = words::quit_now(files);
    let buttons = MessageDialogButtons::OkCancelCustom(words::QUIT.into(), words::KEEP_UPLOADING.into());
    let mut dialog = app.dialog().message(text).title(title).buttons(buttons);
    if let Some(window) = window::main(app).filter(|_| window::is_visible(app)) {
        dialog = dialog.parent(&window);
    }
    let app = app.clone();
    dialog.show(move |yes| {
        app.state::<Closing>().asking.store(false, Ordering::SeqCst);
        if yes {
            quit(&app);
        }
    });
}

fn say(app: &AppHandle, files: u32) {
    let (title, text) = words::goes_on(files);
    app.state::<Notices>().show(Message {
        tag: Tag::GoesOn,
        title,
        text,
        needs: false,
        buttons: vec![Button { words: "Quit instead".into(), press: Press::Quit }],
        press: Press::Show { batch: None },
    });
}

/// Once what closing does was shown it is not said again. Where that cannot be kept it is said once more, and nothing else hangs on it.
pub(crate) async fn follow(app: AppHandle) {
    let (engine, standing) = (engine(&app), app.state::<Notices>().standing());
    loop {
        standing.goes_on().await;
        if let Some(settings) = settings(&engine).await.filter(|settings| !settings.told_of_hiding) {
            let settings = Settings { told_of_hiding: true, ..settings };
            let _ = engine.command(Command::ChangeSettings { settings }).await;
        }
    }
}

async fn settings(engine: &Arc<Engine>) -> Option<Settings> {
    match engine.command(Command::Settings).await {
        Ok(Done::Settings { settings }) => Some(settings),
        _ => None,
    }
}

async fn under_way(engine: &Engine) -> Work {
    let first = async { engine.watch_beside(Look::default()).await?.1.next().await };
    told(tokio::time::timeout(COUNT, first).await.ok())
}

/// What a first tick tells; an app that has none has ended. Where it does not say, it is taken for busy: hiding loses nothing.
fn told(answer: Option<Option<Tick>>) -> Work {
    match answer {
        Some(Some(tick)) => Work {
            files: tick.counts.map_or(1, |counts| counts.uploading + counts.waiting),
            watches: tick.watched.is_some_and(|folders| glance::watches(&folders)),
        },
        Some(None) => Work { files: 0, watches: false },
        None => Work { files: 1, watches: false },
    }
}

fn engine(app: &AppHandle) -> Arc<Engine> {
    Arc::clone(&app.state::<Arc<Engine>>())
}

#[cfg(test)]
mod tests {
    use partway_api::Counts;

    use super::*;
    use crate::glance::tests::folder;

    fn files(files: u32) -> Work {
        Work { files, watches: false }
    }

    #[test]
    fn closing_hides_as_long_as_there_is_work_or_a_way_back() {
        assert_eq!(on_close(true, files(3), false), Close::Hide);
        assert_eq!(on_close(true, files(3), true), Close::Hide);
        assert_eq!(on_close(true, files(0), true), Close::Hide);
        assert_eq!(
            on_close(true, files(0), false),
            Close::Quit,
            "nobody could bring it back, and nothing goes on"
        );
    }

    #[test]
    fn a_watched_folder_is_a_reason_to_stay_as_long_as_it_is_watched() {
        let watches = Work { files: 0, watches: true };
        assert_eq!(on_close(true, watches, false), Close::Hide, "a file may come at any time");
        assert_eq!(on_close(false, watches, false), Close::Quit, "nothing shall go on");
    }

    #[test]
    fn a_tick_tells_files_that_go_on_by_themselves_and_folders_that_are_watched() {
        let counts = Counts { uploading: 2, waiting: 3, paused: 5, needs_attention: 7, ..Counts::default() };
        let tick = Tick { counts: Some(counts), ..Tick::default() };
        for (folders, watches) in [(vec![], false), (vec![folder(false)], false), (vec![folder(true)], true)]
        {
            let tick = Tick { watched: Some(folders), ..tick.clone() };
            assert_eq!(told(Some(Some(tick))), Work { files: 5, watches });
        }
        assert_eq!(told(Some(None)), files(0), "it has ended");
        assert_eq!(told(None), files(1), "it does not answer, so it is taken for busy");
    }

    #[test]
    fn where_uploads_shall_not_go_on_closing_ends_and_asks_before_it_stops_one() {
        for tray in [false, true] {
            assert_eq!(on_close(false, files(0), tray), Close::Quit);
            assert_eq!(on_close(false, files(1), tray), Close::Ask);
        }
    }
}
