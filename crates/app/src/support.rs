//! Support when something went wrong: a log in the data folder, crash reports, detection of unclean
//! shutdowns, and a text for support.
//!
//! Nothing is ever sent anywhere. None of it holds a key or a signature; names of files and folders are
//! removed where they are known as such.

mod clean;
mod crash;
mod diagnostics;
mod log;
mod rotating;
pub(crate) mod unended;

use std::path::PathBuf;

use crate::Variables;

pub use crash::keep_crash_reports;
pub use log::LogFile;

pub(crate) use crash::{NOTICE, newest, seen, untold};
pub(crate) use diagnostics::diagnostics;

/// What the support text is made from, besides the journal.
pub(crate) struct Support {
    pub(crate) data_dir: PathBuf,
    pub(crate) log: LogFile,
    pub(crate) variables: Variables,
}
