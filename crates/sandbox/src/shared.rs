//! What every request can reach: settings, sessions, faults, log and clock.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::faults::draw::Faults;
use crate::log::Log;
use crate::options::{AfterComplete, Checksum, Resume};
use crate::sessions::choose::Rules;
use crate::sessions::finish::Objects;
use crate::sessions::shelf::Shelf;
use crate::settings::Settings;
use crate::storage::sign::Signer;
use crate::store::client::Store;

/// Handed to every handler.
pub(crate) type Share = Arc<Shared>;

/// One sandbox while it runs.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) signer: Signer,
    /// What S3's requests are signed with.
    pub(crate) s3: Signer,
    /// The S3 server that takes the vendors' parts, where it is not the sandbox itself.
    pub(crate) store: Option<Store>,
    pub(crate) shelf: Shelf,
    pub(crate) objects: Objects,
    pub(crate) faults: Arc<Faults>,
    pub(crate) log: Log,
    pub(crate) clock: Clock,
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub(crate) origin: String,
    /// `127.0.0.1:PORT`, what links sign.
    pub(crate) host: String,
    pub(crate) part_size: u64,
    pub(crate) rules: Rules,
    pub(crate) ttl: u64,
    pub(crate) after_complete: AfterComplete,
    pub(crate) resume: Resume,
    pub(crate) checksum: Checksum,
    pub(crate) token_ttl: u64,
    pub(crate) password: Option<String>,
    pub(crate) slow: Duration,
}
