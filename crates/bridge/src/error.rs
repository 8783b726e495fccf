//! Errors between a front end and the data folder's holder, as sentences.

use std::io;
use std::path::PathBuf;

use partway_api::ApiError;
use partway_app::{OpenError, plain};

/// Why a data folder could not be opened or served.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// The folder cannot be made, made private or locked.
    #[error("The data folder {} cannot be used: {}. Change that, or name another folder with --data-dir.", folder.display(), plain(source))]
    Folder {
        /// The data folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Making it private would lock every other user out of a folder that is meant for all.
    #[error("{} is shared by all users of this computer. Name a folder of your own as the data folder.", .0.display())]
    Shared(PathBuf),
    /// It holds other things: making it private would lock out whoever else uses them.
    #[error("{} holds files that are not Partway's. Name an empty or a new folder as the data folder.", .0.display())]
    Foreign(PathBuf),
    /// The socket cannot be made or reached.
    #[error("The data folder {} cannot be shared with other windows and commands: {}. Change that, or name another folder with --data-dir.", folder.display(), plain(source))]
    Socket {
        /// The data folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Somebody holds the lock, and nobody answers.
    #[error("Another Partway holds the data folder {} but does not answer. Quit it, or wait until it has ended.", .0.display())]
    NobodyAnswers(PathBuf),
    /// The app on it could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// It was answered: it cannot be done.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The process that held the data folder ended before it answered; whether it did what was asked is not known.
    #[error("The Partway that held the data folder has ended.")]
    HolderGone,
}
