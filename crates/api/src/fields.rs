//! What can be set for a file beside the file itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What to do where the destination has something of that name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum IfExists {
    /// Ask, whatever the destination's rule is.
    Ask,
    /// Replace it.
    Overwrite,
    /// Keep both: take a free name beside it.
    Rename,
    /// Leave it as it is and send nothing.
    Skip,
}

/// What is changed of files that have not started. What is `None` stays as it is; an empty text or list takes away what was set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct FieldsChange {
    /// Folder at the destination. Of a batch it is the one that the dropped folders lie in, of a single file the whole.
    pub folder: Option<String>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// Free metadata.
    pub metadata: Option<BTreeMap<String, String>>,
    /// The client's own id.
    pub custom_id: Option<String>,
    /// The title that people read there.
    pub title: Option<String>,
    /// What to do where the name is taken.
    pub if_exists: Option<IfExists>,
    /// MIME type.
    pub mime: Option<String>,
}

/// What can be set for files: as defaults of a destination, for a batch, for one job. A kind takes those that its
/// [`KindView::file_fields`](crate::KindView::file_fields) names. In its texts `{name}`, `{stem}`, `{ext}`, `{folder}` and `{date}` are
/// filled in for each file; a brace that stands for itself is written twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct FieldsDraft {
    /// Folder at the destination.
    pub folder: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Free metadata.
    pub metadata: BTreeMap<String, String>,
    /// The client's own id.
    pub custom_id: Option<String>,
    /// The title that people read there.
    pub title: Option<String>,
    /// What to do where the name is taken; `None`: ask, and meanwhile send nothing.
    pub if_exists: Option<IfExists>,
    /// Random characters before the name.
    pub random_prefix: Option<bool>,
    /// How long a session shall live, seconds.
    #[ts(type = "number | null")]
    pub ttl_seconds: Option<u64>,
}
