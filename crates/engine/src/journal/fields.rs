//! What is set for one file: what its batch or its destination has, filled in for it.

use std::borrow::Cow;
use std::path::Path;

use partway_provider::Fields;
use partway_provider::template::Origin;

use crate::record::{Destination, Job};

/// What of a file its fields may speak of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File<'a> {
    pub(crate) path: &'a Path,
    pub(crate) name: &'a str,
    pub(crate) folders: &'a str,
}

impl<'a> File<'a> {
    pub(crate) fn of(job: &'a Job) -> Self {
        Self { path: &job.path, name: &job.name, folders: &job.folders }
    }

    /// Hands over what words in braces stand for.
    pub(crate) fn origin<T>(self, date: &str, with: impl FnOnce(&Origin<'_>) -> T) -> T {
        let folder = lies_in(self.path);
        with(&Origin { name: self.name, folder: &folder, date, path: None })
    }
}

/// The name of the folder that a file lies in.
pub(crate) fn lies_in(path: &Path) -> Cow<'_, str> {
    path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy()
}

/// What is set for a batch, over the destination's defaults, filled in for one file; in the folder chosen for the batch, below it the
/// folders that were dropped.
pub(crate) fn of(
    destination: &Destination,
    set: &Fields,
    chosen: Option<&str>,
    file: File<'_>,
    date: &str,
) -> Fields {
    let mut fields = set.clone().over(&destination.fields);
    if let Some(chosen) = chosen {
        fields.folder = Some(chosen.to_owned());
    }
    let fields = file.origin(date, |origin| fields.filled(origin));
    Fields { folder: folder(fields.folder.as_deref().unwrap_or_default(), file.folders), ..fields }
}

/// A folder at the destination, and below it the folders that were dropped.
pub(crate) fn folder(base: &str, inside: &str) -> Option<String> {
    let parts: Vec<_> =
        [base, inside].iter().map(|part| part.trim_matches('/')).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}
