//! Choices for a file besides its content. Front ends, engine and providers share these types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What to do if the name is taken at the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum IfExists {
    /// Ask, whatever the destination's rule is; the same as nothing set.
    Ask,
    /// Replace it.
    Overwrite,
    /// Keep both: take a free name beside it.
    Rename,
    /// Leave it as it is and send nothing.
    Skip,
}

/// A change to files that have not started. `None` keeps the value; an empty text or list clears it.
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
