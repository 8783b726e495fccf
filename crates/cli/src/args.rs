//! What can be written on the command line. Help texts are part of the contract: docs/partwayctl.md shows them.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{ArgGroup, Args as Arguments, Parser, Subcommand, ValueEnum};

use crate::keys::KeyEnv;

const AFTER: &str = "\
Exit codes:
  0    all files are uploaded or verified (with --require-verified: all are verified)
  1    some files need attention, a path that does not exist among them
  2    used wrongly: unknown destination, missing variable, no keychain for --key-stdin
  3    a destination refuses the key, the size or the type of a file; wins over 1
  130  ended by Ctrl-C, 143 by SIGTERM, 141 because nobody reads the output any more;
       what is confirmed is kept, 'partwayctl resume' goes on

Variables: PARTWAY_LOG (what to log to stderr, off by default), NO_COLOR.";

/// Uploads files that are too big to lose, in parts, and goes on from part way.
#[derive(Debug, Parser)]
#[command(name = "partwayctl", version, after_help = AFTER, max_term_width = 100)]
pub(crate) struct Args {
    /// Where Partway keeps its journal and settings; a folder of your own.
    #[arg(long, value_name = "D", global = true)]
    pub(crate) data_dir: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Where files can go: add, list, remove.
    Destinations {
        #[command(subcommand)]
        what: Destinations,
    },
    /// Upload files and folders, and wait for their end.
    Upload(Upload),
    /// Show every upload.
    List(List),
    /// Take up everything that is unfinished, paused or needs attention, and wait for its end.
    Resume(Resume),
    /// Begin no new part of one upload; 'resume' goes on.
    Pause(Job),
    /// Give one upload up and throw away what was sent.
    Cancel(Job),
    /// Try one upload again that needs attention.
    Retry(Job),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Destinations {
    /// Add a destination.
    Add(AddDestination),
    /// Show the destinations.
    List(List),
    /// Remove a destination and its key.
    Remove {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Arguments)]
#[command(group = ArgGroup::new("key").required(true).args(["key_stdin", "key_env"]))]
pub(crate) struct AddDestination {
    /// Your name for it.
    pub(crate) name: String,
    /// The service.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: String,
    /// The server's address, where it is not the service's own.
    #[arg(long, value_name = "U")]
    pub(crate) url: Option<String>,
    /// Read the key from standard input and keep it in the system's keychain.
    #[arg(long)]
    pub(crate) key_stdin: bool,
    /// Take the key from this environment variable at every start; only its name is kept.
    #[arg(long, value_name = "VAR")]
    pub(crate) key_env: Option<String>,
    /// The folder there.
    #[arg(long, value_name = "F")]
    pub(crate) folder: Option<String>,
    /// A tag for every file; repeatable.
    #[arg(long = "tag", value_name = "T")]
    pub(crate) tags: Vec<String>,
    /// Metadata for every file; repeatable.
    #[arg(long = "metadata", value_name = "K=V", value_parser = key_value)]
    pub(crate) metadata: Vec<(String, String)>,
    /// Your own id for the files.
    #[arg(long, value_name = "ID")]
    pub(crate) custom_id: Option<String>,
    /// Put random characters before each name, so that equal names do not meet.
    #[arg(long)]
    pub(crate) random_prefix: bool,
    /// How long a session shall live, in seconds.
    #[arg(long, value_name = "S")]
    pub(crate) ttl: Option<NonZeroU64>,
    /// How the key is sent.
    #[arg(long)]
    pub(crate) auth: Option<Auth>,
}

/// How the key is sent.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Auth {
    /// As 'Authorization: Bearer KEY'.
    Bearer,
    /// As 'x-api-key: KEY'.
    XApiKey,
}

#[derive(Debug, Arguments)]
pub(crate) struct Upload {
    /// The files and folders.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The destination's name; may be left out where there is only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) wait: Wait,
}

#[derive(Debug, Arguments)]
pub(crate) struct Resume {
    #[command(flatten)]
    pub(crate) wait: Wait,
}

/// What `upload` and `resume` share.
#[derive(Debug, Arguments)]
pub(crate) struct Wait {
    /// Use the key in this variable, for that destination or for all that have none; repeatable, not kept.
    #[arg(long = "key-env", value_name = "[NAME=]VAR")]
    pub(crate) key_env: Vec<KeyEnv>,
    /// Print one JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Stop after so many seconds; what is confirmed is kept.
    #[arg(long, value_name = "S")]
    pub(crate) max_wait: Option<u64>,
    /// Count a file that is uploaded but could not be verified as one that needs attention.
    #[arg(long)]
    pub(crate) require_verified: bool,
}

#[derive(Debug, Arguments)]
pub(crate) struct List {
    /// Print one JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Arguments)]
pub(crate) struct Job {
    /// The upload's id as 'list' shows it, or a beginning or end of it that only one upload has.
    pub(crate) id: String,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as KEY=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn help(words: &[&str]) -> String {
        let line = ["partwayctl"].iter().chain(words).chain(&["--help"]);
        Args::try_parse_from(line).unwrap_err().to_string()
    }

    #[test]
    fn the_command_line_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn help_texts() {
        insta::assert_snapshot!("help", help(&[]));
        insta::assert_snapshot!("help-upload", help(&["upload"]));
        insta::assert_snapshot!("help-resume", help(&["resume"]));
        insta::assert_snapshot!("help-destinations-add", help(&["destinations", "add"]));
    }

    #[test]
    fn a_key_comes_from_one_place() {
        let parses = |line: &str| Args::try_parse_from(line.split(' ')).is_ok();
        assert!(parses("partwayctl destinations add A --kind autorender --key-stdin"));
        assert!(parses("partwayctl destinations add A --kind autorender --key-env K"));
        assert!(!parses("partwayctl destinations add A --kind autorender"));
        assert!(!parses("partwayctl destinations add A --kind autorender --key-stdin --key-env K"));
    }

    #[test]
    fn the_data_folder_can_be_named_before_and_after_the_command() {
        for line in [
            "partwayctl --data-dir /d list",
            "partwayctl list --data-dir /d",
            "partwayctl destinations list --data-dir /d",
        ] {
            let args = Args::try_parse_from(line.split(' ')).unwrap();
            assert_eq!(args.data_dir, Some("/d".into()), "{line}");
        }
    }
}
