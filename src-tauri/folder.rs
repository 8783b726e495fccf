//! The data folder: held by this process, or reached through the process that holds it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use partway_api::{Answer, ApiError, Code, Look, Request};
use partway_app::{App, OpenError, visible};
use partway_bridge::{AskError, BridgeError, Client, Front, FrontTicks};
use tokio::sync::Notify;

use crate::refused::Refused;
use crate::{options, screen};

/// Who answers what is asked of the folder. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Side {
    /// The app in this process.
    Own(App),
    /// The process that holds the folder.
    Theirs(Arc<Front>),
}

/// What other processes want of the window here. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Calls {
    /// Somebody asked to see it.
    pub(crate) shown: Arc<Notify>,
    /// What there is to tell in it.
    pub(crate) refused: Arc<Refused>,
    /// Raised when whoever holds the folder answers nothing any more.
    pub(crate) silent: Arc<Notify>,
}

impl Calls {
    fn come(&self, what: Option<ApiError>) -> bool {
        match what {
            Some(what) => self.refused.put(what),
            None => self.shown.notify_one(),
        }
        true
    }

    fn hear(&self, silent: bool, data_dir: &Path) {
        // Said in the window; before there is one, by whoever opens it.
        if silent {
            self.refused.put(ApiError::new(Code::Internal, silent_words(data_dir)));
            self.silent.notify_one();
        }
    }
}

/// What is said where the holder of the folder answers nothing at all.
pub(crate) fn silent_words(data_dir: &Path) -> String {
    let folder = visible(&data_dir.display().to_string()).into_owned();
    format!(
        "Another Partway holds the data folder {folder} and does not answer: it may be suspended (Ctrl-Z in its terminal) or frozen. \
         Continue it ('fg' in its terminal) or end it."
    )
}

/// Takes the folder or finds who holds it. The [`Front`] is there where this process holds it: it lets the folder go at the end. What the
/// others want of it then comes by `calls`.
pub(crate) async fn open(data_dir: &Path, calls: &Calls) -> Result<(Side, Option<Front>), BridgeError> {
    let made = OnceLock::new();
    let make = async || {
        if !screen::opens() {
            return Err(OpenError(screen::NONE.into()));
        }
        let app = App::open(options::options(data_dir.to_path_buf())).await?;
        Ok(made.get_or_init(|| app).clone())
    };
    let (coming, hearing) = (calls.clone(), calls.clone());
    let (folder, reached) = (data_dir.to_path_buf(), Arc::new(AtomicBool::new(false)));
    let answers = Arc::clone(&reached);
    // One that holds the folder and does not listen yet, or no longer, is waited for, and given up in words of its own.
    let on_silence = move |silent| hearing.hear(silent && answers.load(Ordering::Relaxed), &folder);
    let front = Front::open_telling(data_dir, make, move |what| coming.come(what), on_silence).await?;
    reached.store(true, Ordering::Relaxed);
    Ok(match made.into_inner() {
        Some(app) => (Side::Own(app), Some(front)),
        None => {
            // Where that is a command of the terminal it does not watch by itself. One that is just ending need not.
            let _ = front.ask(Request::Watch).await;
            (Side::Theirs(Arc::new(front)), None)
        }
    })
}

impl Side {
    /// Asks.
    pub(crate) async fn ask(&self, request: Request) -> Result<Answer, AskError> {
        match self {
            Self::Own(app) => Ok(app.ask(request).await?),
            Self::Theirs(front) => front.ask(request).await,
        }
    }

    /// What changes in that look from now on.
    pub(crate) async fn watch(&self, look: Look) -> Result<FrontTicks, AskError> {
        match self {
            Self::Own(app) => Ok(FrontTicks::Own(app.watch(look))),
            Self::Theirs(front) => front.watch(look).await,
        }
    }

    /// The same beside what the window looks at: whoever else holds the folder tells of one look a connection, so this one has its own.
    pub(crate) async fn watch_beside(&self, data_dir: &Path, look: Look) -> Result<FrontTicks, AskError> {
        match self {
            Self::Own(app) => Ok(FrontTicks::Own(app.watch(look))),
            Self::Theirs(_) => match Client::connect(data_dir).await {
                Ok(Some(client)) => Ok(FrontTicks::Theirs(client.watch(look).await?)),
                Ok(None) | Err(_) => Err(AskError::HolderGone),
            },
        }
    }

    /// Whether both are the same holder of the folder.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Own(_), Self::Own(_)) => true,
            (Self::Theirs(one), Self::Theirs(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}
