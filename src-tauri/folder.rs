//! The data folder: held by this process, or reached through the process that holds it.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use partway_api::{Answer, ApiError, Look, Request};
use partway_app::{App, OpenError};
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
}

impl Calls {
    fn come(&self, what: Option<ApiError>) -> bool {
        match what {
            Some(what) => self.refused.put(what),
            None => self.shown.notify_one(),
        }
        true
    }
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
    let calls = calls.clone();
    let front = Front::open(data_dir, make, move |what| calls.come(what)).await?;
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
