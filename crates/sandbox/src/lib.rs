//! A server that speaks the vendors' upload APIs strictly, stores what arrives as plain files, and fails on
//! request.
//!
//! It does not depend on Partway's other crates, so that a mistake in one of them cannot hide behind the same
//! mistake here. `kinds` has one module per vendor, in front of `storage`, which behaves like S3 behind
//! presigned links; `sessions` is the state on disk, `faults` what goes wrong, `net` the sockets. See
//! docs/sandbox.md.
//!
//! Tests start it in process:
//!
//! ```no_run
//! # async fn example() -> Result<(), partway_sandbox::Error> {
//! let mut options = partway_sandbox::Options::new("/tmp/sandbox");
//! options.faults.push("500-once".to_owned());
//! let running = partway_sandbox::start(options).await?;
//! println!("{} with the key {}", running.base_url, running.key);
//! running.stop().await;
//! # Ok(()) }
//! ```

mod admin;
mod cli;
mod clock;
mod disk;
mod elsewhere;
mod error;
mod faults;
mod first_line;
mod front;
mod kinds;
mod log;
mod net;
mod options;
mod random;
mod running;
mod sessions;
mod settings;
mod state;
mod storage;
mod store;
mod vault;

pub use admin::Admin;
pub use cli::Cli;
pub use clock::Clock;
pub use error::Error;
pub use first_line::FirstLine;
pub use kinds::destination::Destination;
pub use options::{AfterComplete, Checksum, Options, Resume, Spelling, Store};
pub use running::{Running, start};
