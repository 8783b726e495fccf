//! What an [`App`](crate::App) is given: nothing is read from the environment by library code.

use std::path::PathBuf;
use std::sync::Arc;

use partway_api::LentKey;
use partway_engine::Clock;
use partway_http::HttpOptions;
use partway_keychain::Keychain;
use partway_providers::Kinds;

use crate::{KeepAwake, LogFile};

/// Looks up an environment variable; handed in so that tests and libraries never read the real one.
pub type Variables = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What an app is made of.
pub struct AppOptions {
    /// The data folder; everything lives under it.
    pub data_dir: PathBuf,
    /// What destinations there can be: [`Kinds::built_in`].
    pub kinds: Kinds,
    /// Environment variables, for keys whose source is one.
    pub variables: Variables,
    /// Keys that are lent from the first moment on, before anything runs: for the destination of that name or id, or (`None`) for those
    /// without another. As [`LendKey`](partway_api::Request::LendKey), which is for keys that come later.
    pub lent: Vec<(Option<String>, LentKey)>,
    /// The system's keychain; `None`: this front end has none.
    pub keychain: Option<Arc<dyn Keychain>>,
    /// How to reach servers.
    pub http: HttpOptions,
    /// The bundled `partway-sandbox`, for *Practice*; `None`: no Practice.
    pub sandbox: Option<PathBuf>,
    /// Where the log is written; the program puts its layer into the subscriber.
    pub log: LogFile,
    /// The system's way of keeping this computer awake while something uploads; `None`: it is not kept awake.
    pub awake: Option<Arc<dyn KeepAwake>>,
    /// The time; `None`: the system's.
    pub clock: Option<Arc<dyn Clock>>,
    /// Whether nobody can answer: what needs a person ends a file as needs-attention instead of waiting.
    pub headless: bool,
    /// Whether the folder is only looked at or changed: nothing is started, so that a `list` sends nothing and needs no key.
    pub idle: bool,
}

/// Why a data folder could not be opened; each is a sentence to be shown.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(pub String);
