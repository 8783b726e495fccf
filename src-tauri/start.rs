//! One folder, one process: becomes the one that runs the engine, or hands everything to it.

use std::io;
use std::path::{Path, PathBuf};

use partway_api::{Answer, ApiError, Command, Request};
use partway_app::plain;
use partway_bridge::{AskError, BridgeError, Front, default_folder};
use tokio::runtime::Builder;

use crate::args::Args;
use crate::engine::{Engine, TRIES};
use crate::folder::{self, Calls, Side};
use crate::intake::{self, Countdown};
use crate::named::Named;
use crate::screen;

/// A window to be opened.
pub(crate) struct Here {
    /// The engine.
    pub engine: Engine,
    /// The data folder.
    pub data_dir: PathBuf,
    /// What was named at this start and is not taken in yet.
    pub named: Named,
}

/// Why it did not start; each is a sentence to be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("The system gives Partway no threads to work with: {}. Quit other programs, then start it again.", plain(.0))]
    Threads(io::Error),
    #[error("{}", screen::NONE)]
    NoScreen,
    #[error("There is no home folder to keep uploads in. Name a folder with --data-dir.")]
    NoHome,
    #[error("The data folder {} cannot be found from here: {}. Name it in full.", path.display(), plain(source))]
    Path { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Bridge(#[from] BridgeError),
    #[error("Another Partway is running on this folder and did not answer as it should: {0}")]
    Refused(#[from] AskError),
    #[error("{} Then start Partway again.{}", folder::silent_words(folder), named_words(*.named))]
    Silent { folder: PathBuf, named: bool },
    #[error(transparent)]
    NotTaken(ApiError),
}

/// Takes the data folder; or hands what was named to whoever holds it, who then shows its window: nothing is left to do here.
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
    let calls = Calls::default();
    let named = Named::of(&args.files);
    let Some((side, held, named)) = threads.block_on(open_or_tell(&data_dir, &calls, named, !args.hidden))?
    else {
        return Ok(None);
    };
    if !screen::opens() {
        return Err(StartError::NoScreen);
    }
    let engine = Engine::new(data_dir.clone(), calls, side, held, threads);
    Ok(Some(Here { engine, data_dir, named }))
}

/// As [`open_or_hand_over`], for as long as whoever holds the folder answers at all. Else there is no window to open: it would show nothing.
async fn open_or_tell(
    data_dir: &Path,
    calls: &Calls,
    named: Named,
    show: bool,
) -> Result<Option<(Side, Option<Front>, Named)>, StartError> {
    let any = !named.paths.is_empty();
    tokio::select! {
        biased;
        opened = open_or_hand_over(data_dir, calls, named, show) => opened,
        () = calls.silent.notified() => Err(StartError::Silent { folder: data_dir.to_path_buf(), named: any }),
    }
}

/// They may have been handed over before it fell silent.
const fn named_words(named: bool) -> &'static str {
    if named {
        " Whether it takes in what was opened with this start is not known: look into its list."
    } else {
        ""
    }
}

/// The folder, and what still has to be taken in; `None` where a window on it is open and has it.
async fn open_or_hand_over(
    data_dir: &Path,
    calls: &Calls,
    named: Named,
    show: bool,
) -> Result<Option<(Side, Option<Front>, Named)>, StartError> {
    let mut tries = 0;
    loop {
        let (side, held) = folder::open(data_dir, calls).await?;
        if held.is_some() {
            return Ok(Some((side, held, named)));
        }
        tries += 1;
        match hand_over(&side, &named, show).await {
            Err(StartError::Refused(AskError::HolderGone)) if tries < TRIES => {}
            // It has no window, as partwayctl has none: then this one is opened, and asks the holder for everything.
            Ok(Shown::Nothing) => return Ok(Some((side, None, named))),
            Ok(Shown::Window) => return Ok(None),
            Err(why) => return Err(why),
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

async fn hand_over(side: &Side, named: &Named, show: bool) -> Result<Shown, StartError> {
    // The window first: what there is to say about the files is said there.
    if show {
        match side.ask(Request::Show).await {
            Err(AskError::Api(_)) => return Ok(Shown::Nothing),
            answer => answer.map(drop)?,
        }
    } else {
        // One that is just ending still has its socket: only who answers goes on with the work.
        side.ask(Request::Command { command: Command::Settings }).await?;
    }
    let mut answer = Ok(Answer::Ok);
    for request in intake::requests(&named.paths, Countdown::No) {
        answer = match side.ask(request).await {
            Err(AskError::Api(why)) => Err(why),
            answer => Ok(answer?),
        };
        if !intake::no_destination(&answer) {
            break;
        }
    }
    let Err(what) = intake::outcome(answer, named.left_out.clone()) else { return Ok(Shown::Window) };
    // A desktop shows nobody what this process writes. A holder without a window has nobody to tell: then it is said here only.
    match side.ask(Request::Tell { what: what.clone() }).await {
        Ok(_) | Err(AskError::Api(_)) => Err(StartError::NotTaken(what)),
        Err(gone) => Err(gone.into()),
    }
}

/// The window may be opened from another current folder.
fn absolute(path: &Path) -> Result<PathBuf, StartError> {
    std::path::absolute(path).map_err(|source| StartError::Path { path: path.to_path_buf(), source })
}

#[cfg(all(test, unix))]
mod tests {
    use partway_bridge::FolderLock;

    use super::*;

    /// As the system does for a process that is stopped: connections are made, and nobody reads.
    #[tokio::test(start_paused = true)]
    async fn a_start_beside_a_holder_that_is_suspended_ends_with_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let _lock = FolderLock::take(folder.path()).unwrap().unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        for show in [true, false] {
            let calls = Calls::default();
            let opened = open_or_tell(folder.path(), &calls, Named::default(), show);
            let why = tokio::time::timeout(std::time::Duration::from_secs(10), opened).await.unwrap();
            let why = why.map(|_| ()).unwrap_err().to_string();
            let why = why.replace(&folder.path().display().to_string(), "/data");
            assert_eq!(
                why,
                "Another Partway holds the data folder /data and does not answer: it may be suspended (Ctrl-Z in its terminal) or \
                 frozen. Continue it ('fg' in its terminal) or end it. Then start Partway again."
            );
        }
    }
}
