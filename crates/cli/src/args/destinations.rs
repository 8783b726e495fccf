//! Arguments of `partwayctl destinations`.

use clap::{ArgGroup, Args as Arguments, Subcommand};

use super::List;
use super::fields::FileFields;
use super::settings::Settings;

#[derive(Debug, Subcommand)]
pub(crate) enum Destinations {
    /// Add a destination.
    Add(Box<AddDestination>),
    /// Show the destinations.
    List(List),
    /// Test a destination: a line each for its server, the clock, the key, and where the key is kept.
    Check(CheckDestination),
    /// Remove a destination and its key.
    Remove {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Arguments)]
#[command(group = ArgGroup::new("source").required(true).args(["key_stdin", "key_env", "key_chain", "profile"]))]
pub(crate) struct AddDestination {
    /// Your name for it.
    pub(crate) name: String,
    /// The service; what it is asked stands at the end.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: String,
    /// Read the key from standard input and keep it in the system's keychain; where it has two halves, a line each, and a session token on
    /// the third.
    #[arg(long)]
    pub(crate) key_stdin: bool,
    /// Take the key from this environment variable at every start; only its name is kept.
    #[arg(long, value_name = "VAR")]
    pub(crate) key_env: Option<String>,
    /// The same for the key's other half, where the service's keys have two.
    #[arg(long, value_name = "VAR", requires = "key_env", conflicts_with_all = ["key_stdin", "key_chain", "profile"])]
    pub(crate) secret_env: Option<String>,
    /// The same for the session token of a lent pair.
    #[arg(long, value_name = "VAR", requires = "secret_env")]
    pub(crate) session_token_env: Option<String>,
    /// For S3: find the key at every start as its tools do, in AWS_ACCESS_KEY_ID and its like, else in the usual profile.
    #[arg(long)]
    pub(crate) key_chain: bool,
    /// For S3: take the key at every start from this profile in ~/.aws/credentials or ~/.aws/config; only its name is kept.
    #[arg(long, value_name = "P")]
    pub(crate) profile: Option<String>,
    #[command(flatten)]
    pub(crate) fields: FileFields,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

#[derive(Debug, Arguments)]
pub(crate) struct CheckDestination {
    /// Its name.
    pub(crate) name: String,
    /// Send a tiny file there, too; it stays there.
    #[arg(long)]
    pub(crate) upload: bool,
    /// Print one JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}
