//! The command line, and its translation to options.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::error::Error;
use crate::options::{AfterComplete, Checksum, Options, Resume, Spelling, Store};

/// A server that speaks the vendors' APIs strictly, and fails on request.
#[derive(Debug, Parser)]
#[command(name = "partway-sandbox", version)]
pub struct Cli {
    /// Where settings, sessions and finished objects lie; made if missing
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// Where it listens: loopback, or a private address in a network namespace of its own
    #[arg(long, value_name = "A", default_value_t = Ipv4Addr::LOCALHOST, value_parser = near)]
    address: Ipv4Addr,
    /// The port there [default: that of last time in this folder, else any that is free]
    #[arg(long, value_name = "P")]
    port: Option<u16>,
    /// Bytes a part; raised for files that would need more than 10,000 parts
    #[arg(long, value_name = "N")]
    part_size: Option<u64>,
    /// Bytes that every part but the last has at least, where the client plans; told at complete [default: 5242880]
    #[arg(long, value_name = "N")]
    min_part: Option<u64>,
    /// All parts but the last must have one size, where the client plans; told at complete
    #[arg(long)]
    equal_parts: bool,
    /// Seconds that links and sessions live, and the most that a client gets when it asks
    #[arg(long, value_name = "S")]
    ttl: Option<u64>,
    /// The log, one JSON object a line, appended
    #[arg(long, value_name = "F")]
    log: Option<PathBuf>,
    /// HTTPS, with an authority made in the folder; its certificate's path stands in the first line as "ca"
    #[arg(long)]
    tls: bool,
    /// Count and hash what arrives, but write none of it
    #[arg(long)]
    discard: bool,
    /// Open the admin endpoints; URL and token stand in the first line
    #[arg(long)]
    admin: bool,
    /// A fault, NAME[@STEP][:EVERY|:COUNT|:RATE%]; can be given again (see docs/sandbox.md)
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<String>,
    /// What a complete is answered when the session is complete already
    #[arg(long, value_enum, default_value = "200")]
    after_complete: After,
    /// Gjirafa: which links multipart-resume gives
    #[arg(long, value_enum, default_value = "all", value_name = "WHICH")]
    resume: Links,
    /// Record360: what complete gives as checksum
    #[arg(long, value_enum, default_value = "md5", value_name = "KIND")]
    checksum: Sum,
    /// Record360: seconds that tokens live [default: 604800]
    #[arg(long, value_name = "S")]
    token_ttl: Option<u64>,
    /// Record360: the password of the user "partway" [default: the one in sandbox.json]
    #[arg(long, value_name = "P")]
    password: Option<String>,
    /// S3: the keys are temporary, and every request must bring this token
    #[arg(long, value_name = "T")]
    session_token: Option<String>,
    /// A real S3 server that takes the vendors' parts, http://HOST:PORT [default: the sandbox itself]
    #[arg(long, value_name = "URL", requires_all = ["store_bucket", "store_key_env", "store_secret_env"])]
    store_s3: Option<String>,
    /// The bucket there, which must be there already
    #[arg(long, value_name = "B", requires = "store_s3")]
    store_bucket: Option<String>,
    /// The region there
    #[arg(long, value_name = "R", default_value = "us-east-1")]
    store_region: String,
    /// The environment variable that holds the access key's id for it
    #[arg(long, value_name = "NAME", requires = "store_s3")]
    store_key_env: Option<String>,
    /// The environment variable that holds the secret access key
    #[arg(long, value_name = "NAME", requires = "store_s3")]
    store_secret_env: Option<String>,
    /// Seed of the faults that come by chance [default: a new one, told in the first line]
    #[arg(long)]
    seed: Option<u64>,
    /// How every answer is spelt that is right otherwise: as text/html, in a namespace, packed, with a mark, in UTF-16
    #[arg(long, value_enum, value_name = "HOW")]
    spell: Option<Spelt>,
    /// Seconds that the faults slow and complete-slow hold an answer back
    #[arg(long, value_name = "S", default_value_t = 5.0)]
    slow: f64,
    /// Seconds by which the fault clock-skew puts the server's clock ahead; negative: behind
    #[arg(long, value_name = "S", default_value_t = 1200, allow_negative_numbers = true)]
    skew: i64,
    /// End when standard input is closed: so a child ends with its parent, however that one ends
    #[arg(long)]
    pub end_with_stdin: bool,
}

/// Accepts only addresses that are not reachable from outside this machine by accident.
fn near(text: &str) -> Result<Ipv4Addr, String> {
    let address: Ipv4Addr = text.parse().map_err(|_| "it is no IPv4 address".to_owned())?;
    let near = address.is_loopback() || address.is_private();
    near.then_some(address).ok_or_else(|| "it is neither loopback nor private".to_owned())
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum After {
    #[value(name = "200")]
    Same,
    #[value(name = "404")]
    Gone,
    #[value(name = "409")]
    Conflict,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Spelt {
    Html,
    Namespaced,
    Gzip,
    Bom,
    Utf16,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Links {
    All,
    Missing,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sum {
    Md5,
    Sha256,
    Etag,
    None,
}

impl Cli {
    /// Converts the arguments to options. Keys are not passed as arguments, which everyone on the machine can
    /// read; `environment` supplies the named variables.
    ///
    /// # Errors
    /// [`Error::Option`] if a variable is not set.
    pub fn options(self, environment: impl Fn(&str) -> Option<String>) -> Result<Options, Error> {
        let read = |name: &Option<String>| {
            let name = name.clone().unwrap_or_default();
            environment(&name).filter(|value| !value.is_empty()).ok_or_else(|| {
                Error::Option(format!("The environment variable {name:?} is not set, or empty"))
            })
        };
        let store = match &self.store_s3 {
            Some(url) => Some(Store {
                url: url.clone(),
                bucket: self.store_bucket.clone().unwrap_or_default(),
                region: self.store_region.clone(),
                key: read(&self.store_key_env)?,
                secret: read(&self.store_secret_env)?,
            }),
            None => None,
        };
        Ok(Options { store, ..Options::from(self) })
    }
}

impl From<Cli> for Options {
    /// Everything but the store, whose keys come from elsewhere.
    fn from(cli: Cli) -> Self {
        let defaults = Self::new(cli.dir);
        Self {
            address: cli.address,
            port: cli.port,
            part_size: cli.part_size.unwrap_or(defaults.part_size),
            min_part: cli.min_part.unwrap_or(defaults.min_part),
            equal_parts: cli.equal_parts,
            ttl: cli.ttl.unwrap_or(defaults.ttl),
            log: cli.log,
            tls: cli.tls,
            discard: cli.discard,
            admin: cli.admin,
            faults: cli.faults,
            after_complete: match cli.after_complete {
                After::Same => AfterComplete::Same,
                After::Gone => AfterComplete::Gone,
                After::Conflict => AfterComplete::Conflict,
            },
            resume: match cli.resume {
                Links::All => Resume::All,
                Links::Missing => Resume::Missing,
            },
            checksum: match cli.checksum {
                Sum::Md5 => Checksum::Md5,
                Sum::Sha256 => Checksum::Sha256,
                Sum::Etag => Checksum::Etag,
                Sum::None => Checksum::None,
            },
            token_ttl: cli.token_ttl.unwrap_or(defaults.token_ttl),
            password: cli.password,
            session_token: cli.session_token,
            seed: cli.seed,
            spell: cli.spell.map(|how| match how {
                Spelt::Html => Spelling::Html,
                Spelt::Namespaced => Spelling::Namespaced,
                Spelt::Gzip => Spelling::Gzip,
                Spelt::Bom => Spelling::Bom,
                Spelt::Utf16 => Spelling::Utf16,
            }),
            slow: Duration::try_from_secs_f64(cli.slow).unwrap_or(defaults.slow),
            skew: cli.skew,
            ..defaults
        }
    }
}
