//! What the page may call. Each is named in `build.rs` and allowed in `capabilities/main.json`.

use std::path::Path;
use std::sync::Arc;

use partway_api::{
    Answer, ApiError, Code, Command, Done, FieldsDraft, Look, NotificationsView, Request, Tick, Visit,
};
use serde_json::Value;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, State, WebviewWindow};

use crate::clipboard::Clipboard;
use crate::closing;
use crate::dialogs::{self, Wanted};
use crate::engine::Engine;
use crate::intake::{self, Countdown};
use crate::login;
use crate::rest::Rest;
use crate::ticks::Ticks;
use crate::visits::Visits;
use crate::window::Folder;
use crate::{shown, watching, words};

/// Bytes of text for the clipboard; the addresses of a hundred thousand files are less.
const MOST_TEXT: usize = 64 << 20;

type Shared<'a> = State<'a, Arc<Engine>>;

/// Everything that is asked of the app.
#[tauri::command]
pub(crate) async fn call(engine: Shared<'_>, command: Command) -> Result<Done, ApiError> {
    engine.command(command).await
}

/// Ticks for a look, from now on.
#[tauri::command]
pub(crate) async fn watch(
    engine: Shared<'_>,
    ticks: State<'_, Ticks>,
    look: Look,
    channel: Channel<Tick>,
) -> Result<(), ApiError> {
    ticks.start(&engine, look, channel);
    Ok(())
}

/// Ticks for another look.
#[tauri::command]
pub(crate) async fn look(ticks: State<'_, Ticks>, look: Look) -> Result<(), ApiError> {
    ticks.look(look);
    Ok(())
}

/// Asks the user for files and takes them in.
#[tauri::command]
pub(crate) async fn add_files(engine: Shared<'_>, window: WebviewWindow) -> Result<(), ApiError> {
    let chosen = dialogs::ask(window.app_handle(), Some(&window), Wanted::Files).await?;
    engine.add(chosen, Countdown::Yes).await
}

/// Asks the user for folders and takes them in.
#[tauri::command]
pub(crate) async fn add_folder(engine: Shared<'_>, window: WebviewWindow) -> Result<(), ApiError> {
    let chosen = dialogs::ask(window.app_handle(), Some(&window), Wanted::Folders).await?;
    engine.add(chosen, Countdown::Yes).await
}

/// Asks the user for a folder and watches it.
#[tauri::command]
pub(crate) async fn watch_folder(
    engine: Shared<'_>,
    window: WebviewWindow,
    destination: String,
    fields: FieldsDraft,
    existing: bool,
) -> Result<(), ApiError> {
    let chosen = dialogs::ask(window.app_handle(), Some(&window), Wanted::ToWatch).await?;
    watching::add(&engine, chosen, destination, fields, existing).await
}

/// Asks the user for a folder; verified files of a watched one are moved there from now on.
#[tauri::command]
pub(crate) async fn move_watched(
    engine: Shared<'_>,
    window: WebviewWindow,
    id: String,
) -> Result<(), ApiError> {
    let chosen = dialogs::ask(window.app_handle(), Some(&window), Wanted::ForDone).await?;
    watching::move_to(&engine, chosen, id).await
}

/// Shows a job's file in the file manager. The page names the job; its path is looked up here.
#[tauri::command]
pub(crate) async fn show_file(engine: Shared<'_>, job: String) -> Result<(), ApiError> {
    // Its path itself: what the list shows of it has lost what is no text. Whether it is there has been looked at, on a thread of its drive.
    let path = match engine.ask(Request::FileOf { job }).await? {
        Answer::File { path } => intake::named(&path),
        _ => None,
    };
    let Some(path) = path else {
        return Err(ApiError::new(Code::Internal, "Partway does not know that file."));
    };
    // It speaks to the file manager over the session's bus, which may take its time.
    let asked = path.clone();
    let shown = tauri::async_runtime::spawn_blocking(move || show(&asked)).await;
    let why = match shown {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(why)) => why.to_string(),
        Err(why) => why.to_string(),
    };
    tracing::warn!(why, "the file manager did not open");
    Err(ApiError::new(Code::Internal, "The file manager did not open.")
        .hint(format!("The file is at {}.", path.display())))
}

/// Some file managers cannot point at one file of a folder; all can open the folder.
fn show(path: &Path) -> Result<(), tauri_plugin_opener::Error> {
    tauri_plugin_opener::reveal_item_in_dir(path).or_else(|why| match path.parent() {
        Some(folder) => tauri_plugin_opener::open_path(folder, None::<&str>),
        None => Err(why),
    })
}

/// Puts text on the clipboard.
#[tauri::command]
pub(crate) async fn copy_text(clipboard: State<'_, Arc<Clipboard>>, text: String) -> Result<(), ApiError> {
    if text.len() > MOST_TEXT {
        return Err(ApiError::new(Code::Refused, "That is too much for the clipboard."));
    }
    let clipboard = Arc::clone(&clipboard);
    let put = tauri::async_runtime::spawn_blocking(move || clipboard.put(text)).await;
    put.unwrap_or_else(|_| Err(ApiError::new(Code::Internal, "The system's clipboard did not take it.")))
}

/// Whether notifications come through; with `test` one is shown.
#[tauri::command]
pub(crate) async fn notifications(test: bool) -> Result<NotificationsView, ApiError> {
    let found = if test { shown::test().await } else { shown::look().await };
    Ok(NotificationsView { works: found.is_ok(), text: words::notifications(&found, test) })
}

/// What could not be done and nobody was told of yet.
#[tauri::command]
pub(crate) async fn take_refused(engine: Shared<'_>) -> Result<Vec<ApiError>, ApiError> {
    Ok(engine.calls.refused.take())
}

/// Where a button outside of the window has sent it.
#[tauri::command]
pub(crate) async fn take_visit(visits: State<'_, Visits>) -> Result<Option<Visit>, ApiError> {
    Ok(visits.take())
}

/// As closing the window.
#[tauri::command]
pub(crate) async fn hide(app: AppHandle) {
    closing::close(&app);
}

/// Ends the app in order; asks before, while something uploads.
#[tauri::command]
pub(crate) async fn quit(app: AppHandle) {
    closing::quit_is_wanted(&app);
}

/// What the page says of itself: what it shows and where. It is given to the page that comes after it, should its web view be let go.
#[tauri::command]
pub(crate) async fn keep_screen(rest: State<'_, Rest>, screen: Value) -> Result<(), ApiError> {
    let too_much =
        |size| ApiError::new(Code::Internal, format!("What the page says of itself has {size} bytes."));
    rest.keep_page(screen).map_err(too_much)
}

/// What the page before this one said of itself.
#[tauri::command]
pub(crate) async fn kept_screen(rest: State<'_, Rest>) -> Result<Option<Value>, ApiError> {
    Ok(rest.page())
}

/// Whether Partway starts at login, as the system has it; nothing where that cannot be known.
#[tauri::command]
pub(crate) async fn starts_at_login(
    app: AppHandle,
    folder: State<'_, Folder>,
) -> Result<Option<bool>, ApiError> {
    Ok(login::is_on(&app, &folder.0))
}

/// Has it start at login, or not; answers what the system has after that.
#[tauri::command]
pub(crate) async fn start_at_login(
    app: AppHandle,
    folder: State<'_, Folder>,
    on: bool,
) -> Result<Option<bool>, ApiError> {
    login::set(&app, &folder.0, on)?;
    Ok(login::is_on(&app, &folder.0))
}
