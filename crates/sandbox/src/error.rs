//! What can prevent the sandbox from starting.

use std::io;
use std::path::PathBuf;

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder below the sandbox's folder could not be used.
    #[error("{path}: {source}", path = .path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The remembered settings of the folder cannot be read.
    #[error("{path} is not what a sandbox writes there: {source}", path = .path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The port cannot be listened on.
    #[error("port {port} on {address}: {source}")]
    Port {
        /// Where.
        address: std::net::Ipv4Addr,
        /// The port asked for, 0 for any.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// A fault that is written wrongly, unknown, or known and not made yet.
    #[error("{0}")]
    Fault(String),
    /// An option outside its range.
    #[error("{0}")]
    Option(String),
    /// The certificate for `--tls` could not be made or read back.
    #[error("the certificate for --tls: {0}")]
    Certificate(String),
}

impl Error {
    /// For `map_err`: an I/O error at a path.
    pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Folder { path, source }
    }
}
