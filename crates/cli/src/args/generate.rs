//! `partwayctl generate`, for making packages: a separate command line, so that no help or completion shows
//! it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;
use clap_complete::Shell;

/// Writes what packages need beside the program.
#[derive(Debug, Parser)]
#[command(name = "generate", bin_name = "partwayctl generate")]
pub(crate) enum Generate {
    /// Write the man pages of partwayctl and of each of its commands into a folder.
    Man {
        /// The folder, which must be there.
        folder: PathBuf,
    },
    /// Print what completes partwayctl's words in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

impl Generate {
    /// Parses this process's arguments if they begin with `generate`.
    pub(crate) fn asked(words: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut words = words.into_iter().skip(1).peekable();
        words.peek().is_some_and(|word| word == "generate").then(|| Self::parse_from(words))
    }
}
