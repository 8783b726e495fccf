//! What was returned for a part or for the whole file.

use serde::{Deserialize, Serialize};

use crate::PartNumber;

/// An ETag as the storage gave it, without quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Etag(pub String);

/// The storage's answer for one part, and what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartReceipt {
    /// The part's number.
    pub number: PartNumber,
    /// Bytes sent.
    pub size: u64,
    /// MD5 of the bytes that were read and sent.
    pub md5: [u8; 16],
    /// The storage's ETag; `None` if it gave none.
    pub etag: Option<Etag>,
    /// Whether the ETag is the MD5 and equals ours. `false`: nothing could be compared. A difference is a
    /// failure, never a receipt, unless the user has declared that this storage's ETags are no checksums.
    pub compared: bool,
    /// The checksum that went with it, where its storage wants one of each part ([`Checksum`](crate::Checksum)).
    pub checksum: Option<Vec<u8>>,
}

/// How far the provider's final answer can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// The provider confirmed the whole file.
    Confirmed,
    /// Everything known says that it arrived, but the provider never confirmed it (a second complete got 404
    /// or 409).
    Presumed,
    /// The provider confirmed the whole file, but did not find it when asked for it.
    NotFound,
    /// The provider's file may be this one: its size fits, but nothing else does. Its ETag is neither the
    /// checksum of what was sent nor the one that the provider gave when it was created.
    Unproved,
    /// No more than one of the two above, and the user has seen that it arrived.
    MarkedByUser,
}

impl FileReceipt {
    /// No answer came; everything known says that the file arrived.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { strength: Strength::Presumed, id: None, name: None, link: None, size: None, checksum: None }
    }
}

/// What the provider said about the finished file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReceipt {
    /// How far it can be trusted.
    pub strength: Strength,
    /// The provider's id of the file.
    pub id: Option<String>,
    /// The provider's name for it, which may differ from the file's.
    pub name: Option<String>,
    /// The URL of the finished file, never a presigned URL.
    pub link: Option<String>,
    /// The size the provider reports, bytes.
    pub size: Option<u64>,
    /// The provider's checksum of the whole with its algorithm ("md5:…", or "etag:…" for an ETag of the
    /// whole), if it gave one.
    pub checksum: Option<String>,
}
