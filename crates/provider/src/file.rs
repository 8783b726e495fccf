//! What a provider gets to know about a file.

use std::collections::BTreeMap;

use partway_core::IfExists;
use serde::{Deserialize, Serialize};

use crate::template::Origin;

/// A file as the vendor sees it: never a local path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// The name to use at the destination.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// MIME type.
    pub mime: String,
    /// The hash of its bytes, if the vendor wants one
    /// ([`Capabilities::wants_hash`](crate::Capabilities::wants_hash)).
    pub hash: Option<FileHash>,
    /// Everything else that can be set.
    pub fields: Fields,
    /// `n`: the n-th alternative name ("cut (2).mov" for 1); 0 for the name itself.
    pub beside: u32,
    /// The name of its local parent folder, which a name at the destination may use.
    pub lies_in: String,
    /// The local date on which it was added ("2026-11-21"), for the same purpose.
    pub added_on: String,
}

impl FileFacts {
    /// What the words in braces stand for in a pattern for the whole name.
    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        let path = self.fields.folder.as_deref().unwrap_or_default().trim_matches('/');
        Origin { name: &self.name, folder: &self.lies_in, date: &self.added_on, path: Some(path) }
    }
}

/// How a whole file is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HashAlgorithm {
    /// MD5 (RFC 1321).
    Md5,
    /// SHA-1 (FIPS 180-4).
    Sha1,
    /// SHA-256 (FIPS 180-4).
    Sha256,
}

/// The hash of a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHash {
    /// The algorithm.
    pub algorithm: HashAlgorithm,
    /// Lower-case hex.
    pub hex: String,
}

/// What can be set besides the file itself; `None` and empty values are not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    /// Folder at the destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Free metadata.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// The client's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_id: Option<String>,
    /// The title that is shown to people at the destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What to do if the name is taken; `None`: ask, and send nothing meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_exists: Option<IfExists>,
    /// Whether to ask the vendor to prefix the name with random characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub random_prefix: Option<bool>,
    /// The lifetime to request for the session, seconds; the vendor may grant less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u64>,
}
