//! What the suite must be handed to try a provider: the destination, and the world behind it.

use async_trait::async_trait;
use partway_core::{Etag, Failure, FileReceipt, RetryClass, Step};

use crate::{Fields, FileFacts, HashAlgorithm, PartTarget, Provider, Session};

/// A destination that a provider is tried at: a sandbox, a real server, an account that may be filled.
///
/// Every case has names of its own, so cases may share what lies behind it, but for those that let links run out. What is asked
/// for with a default can be left out; the cases that need it are then skipped, and a skip must be named ([`conformance!`](crate::conformance)).
#[async_trait]
pub trait Destination: Send + Sync {
    /// The provider, built from the settings anew as another process would: it shares nothing with those before it.
    async fn open(&self) -> Box<dyn Provider>;

    /// Sends these bytes to a target, with exactly its headers, as the engine's client does.
    async fn put(&self, target: &PartTarget, bytes: &[u8]) -> Result<Taken, Failure>;

    /// What lies at the destination of a file that was sent, or perhaps was not.
    async fn read(&self, sent: &Sent<'_>) -> Seen;

    /// Bytes of a part: what a server that plans names for every file of the suite (they have less than 6 parts), else what the
    /// suite shall plan with. Not less than the smallest part of the limits.
    fn part_size(&self) -> u64;

    /// From where chance comes. Told where a case does not hold, so that it can be given again.
    fn seed(&self) -> u64;

    /// What must not be seen anywhere: the key, or its secret half.
    fn secrets(&self) -> Vec<String>;

    /// A MIME type that is taken.
    fn mime(&self) -> &'static str {
        "application/octet-stream"
    }

    /// The hash of a file as lower-case hex; asked for where [`Capabilities::wants_hash`](crate::Capabilities::wants_hash) names one.
    fn hash(&self, _algorithm: HashAlgorithm, _bytes: &[u8]) -> Option<String> {
        None
    }

    /// Fields that can be set and read back, with values that are not easy: several words, other scripts.
    fn fields(&self) -> Fields {
        Fields::default()
    }

    /// How many requests the server has had so far, where that can be known.
    async fn requests(&self) -> Option<u64> {
        None
    }

    /// Told before a session is opened whose links shall run out. For servers whose clock cannot be moved: let the links that
    /// come now be old ones.
    async fn before_expiry(&self) {}

    /// Lets all links that were handed out run out, without waiting; `false` where nothing here can do that.
    async fn expire_links(&self) -> bool {
        false
    }

    /// The same destination, opened with a key that is not accepted.
    async fn with_wrong_key(&self) -> Option<Box<dyn Provider>> {
        None
    }

    /// Refusals that can be provoked, and what must be made of them.
    fn refusals(&self) -> Vec<Refusal> {
        Vec::new()
    }

    /// A destination at which this refusal is met, and is met first.
    async fn refusing(&self, _refusal: &Refusal) -> Option<Box<dyn Destination>> {
        None
    }
}

/// What the storage said to a part that it took.
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
    /// What the vendor was told of it.
    pub file: &'a FileFacts,
    /// Its session.
    pub session: &'a Session,
    /// What *complete* brought, if it said yes.
    pub receipt: Option<&'a FileReceipt>,
}

/// What lies at the destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// This.
    Object(Object),
    /// Nothing.
    Nothing,
    /// It cannot be looked at here.
    CannotSee,
}

/// A finished file, read back by another way than the provider's.
#[derive(Clone, PartialEq, Eq)]
pub struct Object {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its MIME type, where it can be read.
    pub mime: Option<String>,
    /// What can be read of [`Destination::fields`].
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

/// A refusal that can be provoked, and what must be made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// How it is provoked, in the destination's own words ("401-key@start").
    pub name: &'static str,
    /// At which step it comes.
    pub at: Step,
    /// What is to be done about it. The wait of [`RetryClass::Throttled`] is not compared.
    pub class: RetryClass,
    /// What is to be told: the cause's name in the journal ("key-refused").
    pub cause: &'static str,
    /// Words that must stand in the failure's detail.
    pub says: &'static str,
}
