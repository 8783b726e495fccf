//! One folder, one process: becomes the one that runs the engine, or hands everything to it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use partway_api::Request;
use partway_app::{App, OpenError};
use partway_bridge::{AskError, BridgeError, Front, default_folder};
use tokio::runtime::Builder;
use tokio::sync::Notify;

use crate::args::Args;
use crate::engine::Engine;
use crate::intake::{self, Countdown};
use crate::{desktop, options};

/// The engine in this process.
pub(crate) struct Here {
    /// The engine.
    pub engine: Engine,
    /// The folder that it holds.
    pub data_dir: PathBuf,
    /// The files that were named at this start.
    pub files: Vec<PathBuf>,
}

/// What became of the start.
pub(crate) enum Started {
    /// This process runs the engine.
    Here(Here),
    /// Another process does; it has the files and shows its window.
    HandedOver,
}

/// Why it did not start; each is a sentence to be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("The system gives Partway no threads to work with: {0}")]
    Threads(io::Error),
    #[error("There is no home folder to keep uploads in. Name a folder with --data-dir.")]
    NoHome,
    #[error("{} cannot be found from here: {source}", path.display())]
    Path { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Bridge(#[from] BridgeError),
    #[error("Another Partway is running on this folder and did not take that: {0}")]
    Refused(#[from] AskError),
    #[error("Partway could not open its folder.")]
    NoApp,
}

/// Takes the data folder, or hands over to whoever holds it.
pub(crate) fn start(args: &Args) -> Result<Started, StartError> {
    let data_dir = match &args.data_dir {
        Some(folder) => absolute(folder)?,
        None => default_folder(std::env::consts::OS, |name| std::env::var_os(name)).ok_or(StartError::NoHome)?,
    };
    let threads = Builder::new_multi_thread()
        .thread_name("engine")
        .enable_all()
        .build()
        .map_err(StartError::Threads)?;
    let shown = Arc::new(Notify::new());
    let files = args.files.iter().map(|file| absolute(file)).collect::<Result<Vec<_>, _>>()?;
    let (app, front) = threads.block_on(open(&data_dir, Arc::clone(&shown)))?;
    if !front.is_holder() {
        threads.block_on(hand_over(&front, &files, !args.hidden))?;
        return Ok(Started::HandedOver);
    }
    let app = app.ok_or(StartError::NoApp)?;
    Ok(Started::Here(Here { engine: Engine::new(app, front, threads, shown), data_dir, files }))
}

async fn open(data_dir: &Path, shown: Arc<Notify>) -> Result<(Option<App>, Front), StartError> {
    let made = OnceLock::new();
    let make = async || {
        if !desktop::has_display() {
            return Err(OpenError(
                "There is no screen to open a window on. partwayctl works without one.".into(),
            ));
        }
        let app = App::open(options::options(data_dir.to_path_buf())).await?;
        Ok(made.get_or_init(|| app).clone())
    };
    let front = Front::open(data_dir, make, move || shown.notify_one()).await?;
    Ok((made.get().cloned(), front))
}

async fn hand_over(front: &Front, files: &[PathBuf], show: bool) -> Result<(), StartError> {
    // The window first: what there is to say about the files is said there.
    if show {
        front.ask(Request::Show).await?;
    }
    if !files.is_empty() {
        front.ask(intake::request(files, Countdown::No)).await?;
    }
    Ok(())
}

/// The process that takes a file in has another current folder.
fn absolute(path: &Path) -> Result<PathBuf, StartError> {
    std::path::absolute(path).map_err(|source| StartError::Path { path: path.to_path_buf(), source })
}
