//! The options of a sandbox.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::Clock;
use crate::error::Error;

/// Longest lifetime of a presigned URL at the storage: seven days (AWS, "Authenticating Requests: Using Query
/// Parameters").
pub(crate) const LONGEST_TTL: u64 = 604_800;
/// Default part size: 16 MiB, so that a gigabyte is 64 parts.
const PART_SIZE: u64 = 16 * 1024 * 1024;
/// Smallest part except the last, 5 MiB (AWS, "Amazon S3 multipart upload limits").
pub(crate) const LEAST_PART: u64 = 5 * 1024 * 1024;
/// Largest multipart object, 10,000 parts of 5 GiB: the limits of real stores differ, and the sandbox does
/// not model them.
pub(crate) const LARGEST_OBJECT: u64 = 10_000 * LARGEST_PART;
/// Largest part that the storage accepts, 5 GiB (AWS, "Amazon S3 multipart upload limits").
pub(crate) const LARGEST_PART: u64 = 5 * 1024 * 1024 * 1024;
/// Default lifetime of Record360's tokens: a week. The vendor does not document its own.
const TOKEN_TTL: u64 = 604_800;
/// Default lifetime of links and sessions: a day. The vendor does not document its own.
const TTL: u64 = 86_400;

/// The options of a sandbox. `Options::new(dir)` gives the defaults; change the fields that matter.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder for everything: settings, sessions, finished objects. Created if missing.
    pub dir: PathBuf,
    /// The address to listen on. Only loopback, or a private address (RFC 1918) in a test's own network
    /// namespace.
    pub address: Ipv4Addr,
    /// The port. `None`: the folder's last one if it is free, else any.
    pub port: Option<u16>,
    /// Part size, bytes. Raised for files that would need more than 10,000 parts.
    pub part_size: u64,
    /// Smallest part except the last, bytes, if the client plans; enforced at complete.
    pub min_part: u64,
    /// Whether all parts but the last must have one size, if the client plans; enforced at complete.
    pub equal_parts: bool,
    /// Lifetime of links and sessions, seconds; a client that asks for more gets no more.
    pub ttl: u64,
    /// The log file, one JSON object per line, appended.
    pub log: Option<PathBuf>,
    /// Whether to use HTTPS with a certificate from the sandbox's own authority.
    pub tls: bool,
    /// Whether to count and hash what arrives, but not write it.
    pub discard: bool,
    /// Whether to open the admin endpoints.
    pub admin: bool,
    /// Faults, `NAME[@STEP][:EVERY|:COUNT|:RATE%]`; see docs/sandbox.md.
    pub faults: Vec<String>,
    /// The answer to a complete for a session that is complete already.
    pub after_complete: AfterComplete,
    /// Which links Gjirafa's multipart-resume gives.
    pub resume: Resume,
    /// What Record360's complete gives as `checksum`.
    pub checksum: Checksum,
    /// Lifetime of Record360's tokens, seconds.
    pub token_ttl: u64,
    /// The password of Record360's user. `None`: the folder's own.
    pub password: Option<String>,
    /// The token of S3's temporary credentials. `None`: they are permanent.
    pub session_token: Option<String>,
    /// The S3 server that stores the vendors' parts. `None`: the sandbox itself.
    pub store: Option<Store>,
    /// The seed for random faults. `None`: a new one, printed in the first line.
    pub seed: Option<u64>,
    /// The encoding of every answer. `None`: as the vendor sends it.
    pub spell: Option<Spelling>,
    /// How long `slow` and `complete-slow` delay an answer.
    pub slow: Duration,
    /// How far `clock-skew` puts the server's clock ahead, seconds; negative: behind.
    pub skew: i64,
    /// The clock.
    pub clock: Clock,
}

impl Options {
    /// The defaults, for a sandbox in this folder.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            address: Ipv4Addr::LOCALHOST,
            port: None,
            part_size: PART_SIZE,
            min_part: LEAST_PART,
            equal_parts: false,
            ttl: TTL,
            log: None,
            tls: false,
            discard: false,
            admin: false,
            faults: Vec::new(),
            after_complete: AfterComplete::Same,
            resume: Resume::All,
            checksum: Checksum::Md5,
            token_ttl: TOKEN_TTL,
            password: None,
            session_token: None,
            store: None,
            seed: None,
            spell: None,
            slow: Duration::from_secs(5),
            skew: 20 * 60,
            clock: Clock::system(),
        }
    }

    /// Checks the numbers against the storage's limits.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.part_size == 0 || self.part_size > LARGEST_PART {
            return Err(Error::Option(format!(
                "--part-size {} is outside 1 to {LARGEST_PART} bytes",
                self.part_size
            )));
        }
        if self.min_part > LARGEST_PART {
            return Err(Error::Option(format!(
                "--min-part {} is more than the {LARGEST_PART} bytes that a part can have",
                self.min_part
            )));
        }
        if self.ttl == 0 || self.ttl > LONGEST_TTL {
            return Err(Error::Option(format!("--ttl {} is outside 1 to {LONGEST_TTL} seconds", self.ttl)));
        }
        if self.token_ttl == 0 {
            return Err(Error::Option("--token-ttl 0 would refuse every token".to_owned()));
        }
        Ok(())
    }
}

/// A real S3 server behind AutoRender, Gjirafa and Record360: their parts are stored there.
#[derive(Clone)]
pub struct Store {
    /// `http://HOST:PORT`; the bucket is the first path segment.
    pub url: String,
    /// An existing bucket.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// The access key's id.
    pub key: String,
    /// The secret access key.
    pub secret: String,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("url", &self.url).field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

/// Unusual encodings of correct answers, as produced by gateways, proxies and other languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// Everything is `text/html`, and XML has no declaration.
    Html,
    /// The storage's errors are in a namespace, with a prefix, a comment before them and their code in CDATA.
    Namespaced,
    /// Compressed without being asked.
    Gzip,
    /// With a byte order mark.
    Bom,
    /// In UTF-16.
    Utf16,
}

/// The answer to a complete for a session that is complete already. The vendors do not document it, so all
/// three occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterComplete {
    /// 200 with the same record again.
    Same,
    /// 404, as if the session had never existed.
    Gone,
    /// 409.
    Conflict,
}

/// Which links Gjirafa's multipart-resume gives. The vendor does not document it, so both occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// Those of all parts.
    All,
    /// Those of the missing parts.
    Missing,
}

/// What Record360's complete gives as `checksum`. The vendor does not document it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// The MD5 of the object, in hex.
    Md5,
    /// Its SHA-256, in hex.
    Sha256,
    /// Its ETag, without quotes.
    Etag,
    /// None: the field is absent.
    None,
}
