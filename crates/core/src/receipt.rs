//! What came back for a part or for the whole file.

use serde::{Deserialize, Serialize};

use crate::PartNumber;

/// An ETag as the storage gave it, without quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Etag(pub String);

/// What the storage said for one part, and what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartReceipt {
    /// Which part.
    pub number: PartNumber,
    /// Bytes sent.
    pub size: u64,
    /// MD5 of the bytes that were read and sent.
    pub md5: [u8; 16],
    /// What the storage answered; `None` where it gave no ETag.
    pub etag: Option<Etag>,
    /// Whether the ETag is the MD5 and equals ours. `false`: nothing could be compared (a difference is a failure, never a receipt, unless
    /// somebody said that this storage's ETags are no checksums).
    pub compared: bool,
    /// The checksum that went with it, where its storage wants one of each part ([`Checksum`](crate::Checksum)).
    pub checksum: Option<Vec<u8>>,
}

/// How much the vendor's word at the end is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// The vendor confirmed the whole.
    Confirmed,
    /// All that can be known says that it arrived, but the vendor never confirmed it (a second complete answered 404 or 409).
    Presumed,
    /// The vendor confirmed the whole, and did not find it when it was asked for it.
    NotFound,
    /// What the vendor has can be this file: its size fits, and nothing else does. Its mark (ETag) is neither the checksum of what was sent
    /// nor the one that the vendor gave it when it was made.
    Unproved,
    /// Nothing more than one of these two, and the user has seen that it arrived.
    MarkedByUser,
}

impl FileReceipt {
    /// Nothing came back; all that can be known says that the file arrived.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { strength: Strength::Presumed, id: None, name: None, link: None, size: None, checksum: None }
    }
}

/// What the vendor said of the finished file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReceipt {
    /// How much it is worth.
    pub strength: Strength,
    /// The vendor's id of the file.
    pub id: Option<String>,
    /// The vendor's name for it, which may differ from the file's.
    pub name: Option<String>,
    /// The address of the finished file, never a presigned URL.
    pub link: Option<String>,
    /// The vendor's own word on the size, bytes.
    pub size: Option<u64>,
    /// The vendor's checksum of the whole, with its algorithm ("md5:…", or "etag:…" for an ETag of the whole), where it gave one.
    pub checksum: Option<String>,
}
