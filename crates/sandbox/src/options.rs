//! What a sandbox is started with.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::Clock;
use crate::error::Error;

/// The longest life that storage gives a presigned URL: seven days (AWS, "Authenticating Requests: Using Query Parameters").
pub(crate) const LONGEST_TTL: u64 = 604_800;
/// Part size unless told otherwise: 16 MiB, so that a gigabyte is 64 parts.
const PART_SIZE: u64 = 16 * 1024 * 1024;
/// The least that a part has which is not the last, 5 MiB (AWS, "Amazon S3 multipart upload limits").
pub(crate) const LEAST_PART: u64 = 5 * 1024 * 1024;
/// The largest object in parts, 10,000 of 5 GiB: what real stores take differs, and is none of the sandbox's business.
pub(crate) const LARGEST_OBJECT: u64 = 10_000 * LARGEST_PART;
/// The largest part that storage takes, 5 GiB (AWS, "Amazon S3 multipart upload limits").
pub(crate) const LARGEST_PART: u64 = 5 * 1024 * 1024 * 1024;
/// Life of Record360's tokens unless told otherwise: a week. The vendor does not say its own.
const TOKEN_TTL: u64 = 604_800;
/// Life of links and sessions unless told otherwise: a day. The vendor does not say its own.
const TTL: u64 = 86_400;

/// What a sandbox is started with. `Options::new(dir)` gives the defaults; change the fields that matter.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything lies: settings, sessions, finished objects. Made if missing.
    pub dir: PathBuf,
    /// Where it listens. Only loopback, or a private address (RFC 1918) that a test's own network namespace holds.
    pub address: Ipv4Addr,
    /// The port there. `None`: the folder's own from last time if it is free, else any.
    pub port: Option<u16>,
    /// Bytes a part. Raised for files that would need more than 10,000 parts.
    pub part_size: u64,
    /// Bytes that every part but the last has at least, where the client plans; told at complete.
    pub min_part: u64,
    /// All parts but the last have one size, where the client plans; told at complete.
    pub equal_parts: bool,
    /// Seconds that links and sessions live, and the most that a client is given when it asks.
    pub ttl: u64,
    /// The log, one JSON object a line, appended.
    pub log: Option<PathBuf>,
    /// HTTPS with a certificate of the sandbox's own.
    pub tls: bool,
    /// Count and hash what arrives, but write none of it.
    pub discard: bool,
    /// Open the admin endpoints.
    pub admin: bool,
    /// Faults, `NAME[@STEP][:EVERY|:COUNT|:RATE%]`; see docs/sandbox.md.
    pub faults: Vec<String>,
    /// What a complete for a session that is complete already is answered.
    pub after_complete: AfterComplete,
    /// Which links Gjirafa's multipart-resume gives.
    pub resume: Resume,
    /// What Record360's complete gives as `checksum`.
    pub checksum: Checksum,
    /// Seconds that Record360's tokens live.
    pub token_ttl: u64,
    /// The password of Record360's user. `None`: the folder's own.
    pub password: Option<String>,
    /// S3's credentials are temporary, and this is the token that comes with them. `None`: they are permanent.
    pub session_token: Option<String>,
    /// The S3 server that takes the vendors' parts. `None`: the sandbox itself.
    pub store: Option<Store>,
    /// Seed of the faults that come by chance. `None`: a new one, told in the first line.
    pub seed: Option<u64>,
    /// How every answer is spelt. `None`: as its vendor would.
    pub spell: Option<Spelling>,
    /// How long `slow` and `complete-slow` hold an answer back.
    pub slow: Duration,
    /// Seconds by which `clock-skew` puts the server's clock ahead; negative: behind.
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

    /// Holds the numbers to what storage could do.
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

/// A real S3 server behind AutoRender, Gjirafa and Record360: their parts go there.
#[derive(Clone)]
pub struct Store {
    /// `http://HOST:PORT`; the bucket comes first in the path.
    pub url: String,
    /// A bucket that is there.
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

/// How answers are spelt that are right otherwise: what gateways, proxies and other languages make of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// All are `text/html`, and XML has no declaration.
    Html,
    /// Storage's errors are in a namespace, with a prefix, a comment before them and their code in CDATA.
    Namespaced,
    /// Packed, although nobody asked.
    Gzip,
    /// With a byte order mark.
    Bom,
    /// In UTF-16.
    Utf16,
}

/// What a complete for a session that is complete already is answered. The vendor does not say, so all three occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterComplete {
    /// 200 with the same record again.
    Same,
    /// 404, as if the session had never been.
    Gone,
    /// 409.
    Conflict,
}

/// Which links Gjirafa's multipart-resume gives. The vendor does not say, so both occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// Those of all parts.
    All,
    /// Those of the parts that are not there.
    Missing,
}

/// What Record360's complete gives as `checksum`. The vendor does not say what it is.
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
