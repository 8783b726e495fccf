//! Options for an [`App`](crate::App): library code reads nothing from the environment.

use std::path::PathBuf;
use std::sync::Arc;

use partway_api::LentKey;
use partway_engine::Clock;
use partway_http::HttpOptions;
use partway_keychain::Keychain;
use partway_providers::Kinds;

use crate::{KeepAwake, LogFile};

/// Looks up an environment variable; injected so that tests and libraries never read the real one.
pub type Variables = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Options for opening an app.
pub struct AppOptions {
    /// The data folder; everything lives under it.
    pub data_dir: PathBuf,
    /// The supported kinds of destinations: [`Kinds::built_in`].
    pub kinds: Kinds,
    /// Environment variables, for keys stored there.
    pub variables: Variables,
    /// Keys lent from the start, before anything runs: for the destination of that name or id, or (`None`)
    /// for those without another. Like [`LendKey`](partway_api::Request::LendKey), which is for keys that
    /// come later.
    pub lent: Vec<(Option<String>, LentKey)>,
    /// The system keychain; `None` if this front end has none.
    pub keychain: Option<Arc<dyn Keychain>>,
    /// How to reach servers.
    pub http: HttpOptions,
    /// The bundled `partway-sandbox`, for *Practice*; `None` disables Practice.
    pub sandbox: Option<PathBuf>,
    /// Where the log is written; the program adds its layer to the subscriber.
    pub log: LogFile,
    /// Keeps this computer awake while something uploads; `None` never does.
    pub awake: Option<Arc<dyn KeepAwake>>,
    /// The clock; `None` uses the system's.
    pub clock: Option<Arc<dyn Clock>>,
    /// Whether no user can answer: a file that needs one ends as needs-attention instead of waiting.
    pub headless: bool,
    /// Whether the folder is only read or changed: nothing starts, so a `list` sends nothing and needs no
    /// key.
    pub idle: bool,
}

/// Why a data folder could not be opened; each is a sentence to be shown.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(pub String);
