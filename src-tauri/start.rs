//! One folder, one process: becomes the one that runs the engine, or hands everything to it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use partway_api::{Answer, Request};
use partway_app::{App, OpenError};
use partway_bridge::{AskError, BridgeError, Front, default_folder};
use tokio::runtime::Builder;
use tokio::sync::Notify;

use crate::args::Args;
use crate::engine::Engine;
use crate::intake::{self, Countdown};
use crate::{desktop, options};

/// The holder may end just when it is asked; then the next one is found, or is this process. More often than this is no coincidence.
const TRIES: u32 = 5;

/// The engine in this process.
pub(crate) struct Here {
    /// The engine.
    pub engine: Engine,
    /// The folder that it holds.
    pub data_dir: PathBuf,
    /// The files that were named at this start.
    pub files: Vec<PathBuf>,
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
}

/// Takes the data folder; or hands the files to whoever holds it, who then shows its window: nothing is left to do here.
pub(crate) fn start(args: &Args) -> Result<Option<Here>, StartError> {
    let data_dir = match &args.data_dir {
        Some(folder) => absolute(folder)?,
        None => {
            default_folder(std::env::consts::OS, |name| std::env::var_os(name)).ok_or(StartError::NoHome)?
        }
    };
    let threads = Builder::new_multi_thread()
        .thread_name("engine")
        .enable_all()
        .build()
        .map_err(StartError::Threads)?;
    let shown = Arc::new(Notify::new());
    let files = args.files.iter().map(|file| absolute(file)).collect::<Result<Vec<_>, _>>()?;
    let held = threads.block_on(take_or_hand_over(&data_dir, &shown, &files, !args.hidden))?;
    Ok(held.map(|(app, front)| Here { engine: Engine::new(app, front, threads, shown), data_dir, files }))
}

async fn take_or_hand_over(
    data_dir: &Path,
    shown: &Arc<Notify>,
    files: &[PathBuf],
    show: bool,
) -> Result<Option<(App, Front)>, StartError> {
    let mut tries = 0;
    loop {
        let (app, front) = open(data_dir, Arc::clone(shown)).await?;
        if let Some(app) = app {
            return Ok(Some((app, front)));
        }
        tries += 1;
        match hand_over(&front, files, show).await {
            Err(StartError::Refused(AskError::HolderGone)) if tries < TRIES => {}
            done => return done.map(|()| None),
        }
    }
}

/// The app where this process holds the folder now, none where another does.
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
    let mut answer = Ok(Answer::Ok);
    for request in intake::requests(files, Countdown::No) {
        answer = match front.ask(request).await {
            Err(AskError::Api(why)) => Err(why),
            answer => Ok(answer?),
        };
        if !intake::no_destination(&answer) {
            break;
        }
    }
    Ok(intake::outcome(answer).map_err(AskError::Api)?)
}

/// The process that takes a file in has another current folder.
fn absolute(path: &Path) -> Result<PathBuf, StartError> {
    std::path::absolute(path).map_err(|source| StartError::Path { path: path.to_path_buf(), source })
}
