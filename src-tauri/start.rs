//! One folder, one process: becomes the one that runs the engine, or hands everything to it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use partway_api::{Answer, Command, Request};
use partway_bridge::{AskError, BridgeError, Front, default_folder};
use tokio::runtime::Builder;
use tokio::sync::Notify;

use crate::args::Args;
use crate::engine::{Engine, TRIES};
use crate::folder::{self, Side};
use crate::intake::{self, Countdown};

/// A window to be opened.
pub(crate) struct Here {
    /// The engine.
    pub engine: Engine,
    /// The data folder.
    pub data_dir: PathBuf,
    /// The files that were named at this start and are not taken in yet.
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
#[expect(clippy::disallowed_methods, reason = "a program: from here the library is handed its environment")]
pub(crate) fn start(args: &Args) -> Result<Option<Here>, StartError> {
    let data_dir = match &args.data_dir {
        Some(folder) => absolute(folder)?,
        None => {
            default_folder(std::env::consts::OS, |name| std::env::var_os(name)).ok_or(StartError::NoHome)?
        }
    };
    partway_app::keep_crash_reports(&data_dir);
    let threads = Builder::new_multi_thread()
        .thread_name("engine")
        .enable_all()
        .build()
        .map_err(StartError::Threads)?;
    let shown = Arc::new(Notify::new());
    let files = args.files.iter().map(|file| absolute(file)).collect::<Result<Vec<_>, _>>()?;
    let opened = threads.block_on(open_or_hand_over(&data_dir, &shown, &files, !args.hidden))?;
    Ok(opened.map(|(side, held, files)| {
        let engine = Engine::new(data_dir.clone(), shown, side, held, threads);
        Here { engine, data_dir, files }
    }))
}

/// The folder, and the files that still have to be taken in; `None` where a window on it is open and has them.
async fn open_or_hand_over(
    data_dir: &Path,
    shown: &Arc<Notify>,
    files: &[PathBuf],
    show: bool,
) -> Result<Option<(Side, Option<Front>, Vec<PathBuf>)>, StartError> {
    let mut tries = 0;
    loop {
        let (side, held) = folder::open(data_dir, shown).await?;
        if held.is_some() {
            return Ok(Some((side, held, files.to_vec())));
        }
        tries += 1;
        match hand_over(&side, files, show).await {
            Err(AskError::HolderGone) if tries < TRIES => {}
            // It has no window, as partwayctl has none: then this one is opened, and asks the holder for everything.
            Ok(Shown::Nothing) => return Ok(Some((side, None, Vec::new()))),
            Ok(Shown::Window) => return Ok(None),
            Err(why) => return Err(why.into()),
        }
    }
}

/// What the holder of the folder showed.
enum Shown {
    /// Its window.
    Window,
    /// It has none.
    Nothing,
}

async fn hand_over(side: &Side, files: &[PathBuf], show: bool) -> Result<Shown, AskError> {
    // The window first: what there is to say about the files is said there.
    let shown = if show {
        match side.ask(Request::Show).await {
            Err(AskError::Api(_)) => Shown::Nothing,
            answer => answer.map(|_| Shown::Window)?,
        }
    } else {
        // One that is just ending still has its socket: only who answers goes on with the work.
        side.ask(Request::Command { command: Command::Settings }).await?;
        Shown::Window
    };
    let mut answer = Ok(Answer::Ok);
    for request in intake::requests(files, Countdown::No) {
        answer = match side.ask(request).await {
            Err(AskError::Api(why)) => Err(why),
            answer => Ok(answer?),
        };
        if !intake::no_destination(&answer) {
            break;
        }
    }
    intake::outcome(answer)?;
    Ok(shown)
}

/// The process that takes a file in has another current folder.
fn absolute(path: &Path) -> Result<PathBuf, StartError> {
    std::path::absolute(path).map_err(|source| StartError::Path { path: path.to_path_buf(), source })
}
