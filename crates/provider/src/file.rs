//! What a vendor is told of a file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A file as the vendor sees it: never a path of this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// The name it shall have there.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// MIME type.
    pub mime: String,
    /// Everything else that can be set.
    pub fields: Fields,
}

/// What can be set beside the file itself; what is `None` or empty is not sent at all.
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
    /// Whether the vendor shall put random characters before the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub random_prefix: Option<bool>,
    /// How long the session shall live, seconds; the vendor may give less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u64>,
}
