//! The command line. Help texts are part of the contract: docs/partwayctl.md shows them.

mod destinations;
mod fields;
mod generate;
mod settings;
mod watch;

use std::path::PathBuf;

use clap::{Args as Arguments, Parser, Subcommand};

pub(crate) use destinations::{AddDestination, CheckDestination, Destinations};
pub(crate) use fields::FileFields;
pub(crate) use generate::Generate;
pub(crate) use watch::{AddWatched, ChangeWatched, Watch, WatchRun};

use crate::keys::KeyEnv;

const AFTER: &str = "\
Exit codes:
  0    all files are uploaded or verified (with --require-verified: all are verified), or skipped as asked
  1    some files need attention, a path that does not exist among them
  2    used wrongly: unknown destination, missing variable, no keychain for --key-stdin
  3    a destination refuses the key, the size or the type of a file, or its key
       cannot be read; wins over 1
  130  ended by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP, 141 because nobody reads the output any more;
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
    /// Where files can go: add, list, check, remove.
    Destinations {
        #[command(subcommand)]
        what: Destinations,
    },
    /// Upload files and folders, and wait for their end.
    Upload(Upload),
    /// Watched folders, whose new files go by themselves: add, list, change, remove, run.
    Watch {
        #[command(subcommand)]
        what: Watch,
    },
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
    /// Print what somebody who helps has to know; read it before you hand it on.
    Diagnostics,
}

#[derive(Debug, Arguments)]
pub(crate) struct Upload {
    /// The files and folders.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The destination's name; may be left out where there is only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
    /// Their MIME type; else it is told by each file's name and content.
    #[arg(long = "type", value_name = "MIME")]
    pub(crate) mime: Option<String>,
    #[command(flatten)]
    pub(crate) wait: Wait,
    #[command(flatten)]
    pub(crate) fields: FileFields,
}

#[derive(Debug, Arguments)]
pub(crate) struct Resume {
    #[command(flatten)]
    pub(crate) wait: Wait,
}

/// Keys that are lent.
#[derive(Debug, Arguments)]
pub(crate) struct Keys {
    /// Use the key in this variable, for that destination or for all that have none; repeatable, not kept.
    #[arg(long = "key-env", value_name = "[NAME=]VAR")]
    pub(crate) key_env: Vec<KeyEnv>,
    /// The key's other half, where the service's keys have two; named as with --key-env.
    #[arg(long = "secret-env", value_name = "[NAME=]VAR", requires = "key_env")]
    pub(crate) secret_env: Vec<KeyEnv>,
    /// What makes a lent pair valid for a while; named as with --key-env.
    #[arg(long = "session-token-env", value_name = "[NAME=]VAR", requires = "secret_env")]
    pub(crate) session_token_env: Vec<KeyEnv>,
}

/// What `upload` and `resume` share.
#[derive(Debug, Arguments)]
pub(crate) struct Wait {
    #[command(flatten)]
    pub(crate) keys: Keys,
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
        insta::assert_snapshot!("help-destinations-check", help(&["destinations", "check"]));
        insta::assert_snapshot!("help-watch", help(&["watch"]));
        insta::assert_snapshot!("help-watch-add", help(&["watch", "add"]));
        insta::assert_snapshot!("help-watch-run", help(&["watch", "run"]));
    }

    #[test]
    fn a_key_comes_from_one_place() {
        let parses = |line: &str| Args::try_parse_from(line.split(' ')).is_ok();
        assert!(parses("partwayctl destinations add A --kind autorender --key-stdin"));
        assert!(parses("partwayctl destinations add A --kind autorender --key-env K"));
        assert!(!parses("partwayctl destinations add A --kind autorender"));
        assert!(!parses("partwayctl destinations add A --kind autorender --key-stdin --key-env K"));
        assert!(!parses("partwayctl destinations add A --kind autorender --key-chain --key-env K"));
        assert!(parses(
            "partwayctl destinations add A --kind s3 --key-env K --secret-env S --session-token-env T"
        ));
        assert!(!parses("partwayctl destinations add A --kind s3 --key-env K --session-token-env T"));
        assert!(!parses("partwayctl destinations add A --kind s3 --key-stdin --secret-env S"));
        assert!(!parses("partwayctl upload a --secret-env S"));
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
