//! What helps when something went wrong: a log in the data folder, a report of a crash, the news of an end that was none, and a text to
//! hand to somebody who helps.
//!
//! Nothing of it is ever sent anywhere. None of it holds a key or a signature; names of files and folders are cut out where they
//! are known as such.

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

/// What a text for support is made from, beside the journal.
pub(crate) struct Support {
    pub(crate) data_dir: PathBuf,
    pub(crate) log: LogFile,
    pub(crate) variables: Variables,
}
