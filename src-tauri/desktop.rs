//! The running desktop app: what it is made of, and where the desktop's events go.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tauri::{App, AppHandle, Manager as _, RunEvent, Window, WindowEvent};

use crate::args::Args;
use crate::clipboard::Clipboard;
use crate::closing::{self, Closing};
use crate::dialogs::Dialogs;
use crate::engine::Engine;
use crate::intake::Countdown;
use crate::lost::{self, Lost};
use crate::moved::Moved;
use crate::named::Named;
use crate::notices::Notices;
use crate::outside::Outside;
use crate::rest::{self, Rest};
use crate::start::Here;
use crate::ticks::Ticks;
use crate::tray::Tray;
use crate::visits::Visits;
use crate::window::Folder;
use crate::{commands, drops, login, moved, notify, outside, refused, signals, window};

/// Runs until the app ends.
pub(crate) fn run(here: Here, args: &Args) -> ExitCode {
    let Here { engine, data_dir, named } = here;
    let engine = Arc::new(engine);
    let visible = !args.hidden;
    let patience = args.patience.map_or(rest::PATIENCE, Duration::from_secs);
    let built = lost::plugin(login::plugin(tauri::Builder::default(), &data_dir))
        .plugin(tauri_plugin_dialog::init())
        .manage(Arc::clone(&engine))
        .manage(Ticks::new(visible))
        .manage(Arc::new(Clipboard::default()))
        .manage(Closing::default())
        .manage(Dialogs::default())
        .manage(Visits::default())
        .manage(Notices::default())
        .manage(Folder(data_dir))
        .manage(Rest::new(patience, visible))
        .manage(Lost::default())
        .manage(Tray::default())
        .manage(Outside::default())
        .manage(Moved::default())
        .invoke_handler(tauri::generate_handler![
            commands::add_files,
            commands::add_folder,
            commands::watch_folder,
            commands::move_watched,
            commands::call,
            commands::copy_text,
            commands::hide,
            commands::keep_screen,
            commands::kept_screen,
            commands::look,
            commands::notifications,
            commands::quit,
            commands::show_file,
            commands::start_at_login,
            commands::starts_at_login,
            commands::take_refused,
            commands::take_visit,
            commands::watch,
        ])
        .on_window_event(happened)
        .setup(move |app| {
            // A start that nobody sees makes no web view: it costs more memory than everything else.
            if visible {
                window::open(app.handle())?;
            }
            listen(app, named);
            Ok(())
        })
        .build(context());
    let code = match built {
        Ok(app) => app.run_return(|app, event| ran(app, &event)),
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "The window did not open: {why}");
            1
        }
    };
    // Nothing to do after an end in order; it matters where the window system went away under us.
    engine.runtime().block_on(engine.end());
    engine.join();
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// What happens to the app as a whole.
fn ran(app: &AppHandle, event: &RunEvent) {
    match event {
        // The last window is gone, or the system asks the whole app to end (Quit on macOS). With a code it is our own end.
        RunEvent::ExitRequested { code: None, api, .. } => {
            api.prevent_exit();
            if !app.state::<Rest>().window_went(app) {
                closing::quit_is_wanted(app);
            }
        }
        // "Open with", and files dropped on the dock's icon. At a start it comes before there is a window: nothing here needs one, and
        // the window is made afterwards.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            closing::show(app);
            take_in(app, Named::of(urls.iter().map(|url| url.as_str())));
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => closing::show(app),
        _ => {}
    }
}

/// The bundled page, the configuration and the rights, put into the program when it is compiled.
#[expect(
    clippy::disallowed_methods,
    reason = "Tauri's macro has an end of its own for a program that was put together wrongly"
)]
pub(crate) fn context() -> tauri::Context {
    tauri::generate_context!()
}

fn happened(window: &Window, event: &WindowEvent) {
    let app = window.app_handle();
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            closing::close(app);
        }
        WindowEvent::Moved(_) | WindowEvent::Resized(_) => app.state::<Moved>().0.notify_one(),
        WindowEvent::DragDrop(event) => drops::happened(app, &app.state::<Arc<Engine>>(), event),
        _ => {}
    }
}

/// Everything that does not come from the window: other starts, signals, the app's own events, and what was named at this start.
fn listen(app: &App, named: Named) {
    let engine = app.state::<Arc<Engine>>();
    let runtime = engine.runtime().clone();
    let (handle, shown) = (app.handle().clone(), Arc::clone(&engine.calls.shown));
    runtime.spawn(async move {
        loop {
            shown.notified().await;
            closing::show(&handle);
        }
    });
    let handle = app.handle().clone();
    runtime.spawn(async move {
        signals::end_is_wanted().await;
        closing::quit(&handle);
    });
    #[cfg(target_os = "linux")]
    {
        let handle = app.handle().clone();
        runtime.spawn(async move { closing::quit_for(&handle, crate::session::ends().await) });
    }
    #[cfg(windows)]
    {
        let handle = app.handle().clone();
        crate::leaving::listen(crate::words::SAVES, move |held| closing::quit_holding(&handle, held));
    }
    runtime.spawn(refused::follow(app.handle().clone(), Arc::clone(&engine.calls.refused)));
    runtime.spawn(notify::follow(app.handle().clone(), Arc::clone(&engine)));
    runtime.spawn(outside::follow(app.handle().clone(), Arc::clone(&engine)));
    runtime.spawn(moved::follow(app.handle().clone()));
    runtime.spawn(closing::follow(app.handle().clone()));
    runtime.spawn(rest::end_when_idle(app.handle().clone()));
    take_in(app.handle(), named);
}

/// What was named at a start.
fn take_in(app: &AppHandle, named: Named) {
    let engine = Arc::clone(&app.state::<Arc<Engine>>());
    engine.clone().runtime().spawn(async move { engine.add_and_tell(named, Countdown::No).await });
}
