//! What can be set for a file beside the file itself.

use std::collections::BTreeMap;

use partway_core::IfExists;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What can be set for files: as defaults of a destination, for a batch, for one job. A kind takes those that its
/// [`KindView::file_fields`](crate::KindView::file_fields) names. In its texts `{name}`, `{stem}`, `{ext}`, `{folder}`, `{date}`, `{year}`,
/// `{month}` and `{day}` are filled in for each file; a brace that stands for itself is written twice.
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
