//! Arguments of `partwayctl watch`.

use std::path::PathBuf;

use clap::{ArgGroup, Args as Arguments, Subcommand};

use super::fields::FileFields;
use super::{Keys, List};

#[derive(Debug, Subcommand)]
pub(crate) enum Watch {
    /// Watch a folder: what is new in it goes to a destination once it is still.
    Add(Box<AddWatched>),
    /// Show the watched folders, and how each stands.
    List(List),
    /// Change where the files of a watched folder go and what becomes of them, or switch it off and on.
    Change(ChangeWatched),
    /// Watch a folder no longer; what was taken in goes on.
    Remove {
        /// Its id as 'list' shows it, or a beginning or end of it that only one has.
        id: String,
    },
    /// Watch, and upload what comes, until it is ended.
    Run(WatchRun),
}

#[derive(Debug, Arguments)]
pub(crate) struct AddWatched {
    /// The folder.
    pub(crate) path: PathBuf,
    /// The destination's name; may be left out where there is only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
    /// Move verified files there; a folder on the same drive.
    #[arg(long, value_name = "DIR")]
    pub(crate) done: Option<PathBuf>,
    /// Send the files that lie there already, too.
    #[arg(long)]
    pub(crate) existing: bool,
    #[command(flatten)]
    pub(crate) fields: FileFields,
}

#[derive(Debug, Arguments)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["to", "done", "stay", "on", "off"]))]
pub(crate) struct ChangeWatched {
    /// Its id as 'list' shows it, or a beginning or end of it that only one has.
    pub(crate) id: String,
    /// Another destination, for files that come from now on.
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
    /// Move verified files there.
    #[arg(long, value_name = "DIR")]
    pub(crate) done: Option<PathBuf>,
    /// Move verified files nowhere.
    #[arg(long, conflicts_with = "done")]
    pub(crate) stay: bool,
    /// Switch it on.
    #[arg(long)]
    pub(crate) on: bool,
    /// Switch it off.
    #[arg(long, conflicts_with = "on")]
    pub(crate) off: bool,
}

#[derive(Debug, Arguments)]
pub(crate) struct WatchRun {
    #[command(flatten)]
    pub(crate) keys: Keys,
    /// Print one JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}
