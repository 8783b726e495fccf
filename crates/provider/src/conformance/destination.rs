//! What the suite needs to test a provider: the destination, and the server behind it.

use async_trait::async_trait;
use partway_core::{Etag, Failure, FileReceipt, RetryClass, Step};

use crate::{Fields, FileFacts, HashAlgorithm, PartTarget, Provider, Session};

/// A destination to test a provider at: a sandbox, a real server, a test account.
///
/// Every case uses its own file names, so cases may share a server, except those that let links expire.
/// Methods with a default can be left out; the cases that need them are then skipped, and each skip must be
/// named ([`conformance!`](crate::conformance)).
#[async_trait]
pub trait Destination: Send + Sync {
    /// Builds the provider afresh from its settings, as another process would: it shares nothing with earlier
    /// ones.
    async fn open(&self) -> Box<dyn Provider>;

    /// Sends these bytes to a target, with exactly its headers, as the engine's client does.
    async fn put(&self, target: &PartTarget, bytes: &[u8]) -> Result<Taken, Failure>;

    /// Reads what the destination has of a file that may have been sent.
    async fn read(&self, sent: &Sent<'_>) -> Seen;

    /// Bytes per part: if the server plans, the size it names for every file of the suite (they have fewer
    /// than 6 parts), else the size for the suite to plan with. Not less than the smallest part of the
    /// limits.
    fn part_size(&self) -> u64;

    /// The seed for randomness. Printed when a case fails, so that it can be repeated.
    fn seed(&self) -> u64;

    /// What must never be shown: the key, or its secret half.
    fn secrets(&self) -> Vec<String>;

    /// A MIME type that is accepted.
    fn mime(&self) -> &'static str {
        "application/octet-stream"
    }

    /// The hash of a file as lower-case hex; called if
    /// [`Capabilities::wants_hash`](crate::Capabilities::wants_hash) names one.
    fn hash(&self, _algorithm: HashAlgorithm, _bytes: &[u8]) -> Option<String> {
        None
    }

    /// Fields that can be set and read back, with difficult values: several words, other scripts.
    fn fields(&self) -> Fields {
        Fields::default()
    }

    /// The number of requests the server has had so far, if known.
    async fn requests(&self) -> Option<u64> {
        None
    }

    /// Called before opening a session whose links are to expire. For servers whose clock cannot be moved:
    /// hand out old links from now on.
    async fn before_expiry(&self) {}

    /// Makes all links expire without waiting; `false` if that is not possible.
    async fn expire_links(&self) -> bool {
        false
    }

    /// The same destination, opened with a key that is rejected.
    async fn with_wrong_key(&self) -> Option<Box<dyn Provider>> {
        None
    }

    /// Refusals that can be provoked, and their expected result.
    fn refusals(&self) -> Vec<Refusal> {
        Vec::new()
    }

    /// A destination at which this refusal is the first error met.
    async fn refusing(&self, _refusal: &Refusal) -> Option<Box<dyn Destination>> {
        None
    }
}

/// The storage's answer to an accepted part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The part's ETag, without quotes.
    pub etag: Option<Etag>,
    /// Whether that ETag is the MD5 of the bytes.
    pub comparable: bool,
}

/// A file that was sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// What the vendor got to know about it.
    pub file: &'a FileFacts,
    /// Its session.
    pub session: &'a Session,
    /// What *complete* returned, if it succeeded.
    pub receipt: Option<&'a FileReceipt>,
}

/// What is stored at the destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// This object.
    Object(Object),
    /// Nothing.
    Nothing,
    /// It cannot be inspected.
    CannotSee,
}

/// A finished file, read back by other means than the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Object {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its MIME type, if readable.
    pub mime: Option<String>,
    /// The fields of [`Destination::fields`] that can be read back.
    pub fields: Fields,
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut object = f.debug_struct("Object");
        object
            .field("bytes", &self.bytes.len())
            .field("mime", &self.mime)
            .field("fields", &self.fields)
            .finish()
    }
}

/// A refusal that can be provoked, and its expected result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// How to provoke it, in the destination's own notation ("401-key@start").
    pub name: &'static str,
    /// The step at which it occurs.
    pub at: Step,
    /// The expected class. The wait of [`RetryClass::Throttled`] is not compared.
    pub class: RetryClass,
    /// The expected cause, by its name in the journal ("key-refused").
    pub cause: &'static str,
    /// Words that the failure's detail must contain.
    pub says: &'static str,
}
