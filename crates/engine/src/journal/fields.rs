//! The fields of one file: those of its batch or its destination, with placeholders filled in.

use std::borrow::Cow;
use std::path::Path;

use partway_provider::Fields;
use partway_provider::template::Origin;

use crate::record::{Destination, Job};

/// What placeholders may refer to.
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

    /// Passes what placeholders stand for to `with`.
    pub(crate) fn origin<T>(self, date: &str, with: impl FnOnce(&Origin<'_>) -> T) -> T {
        let folder = lies_in(self.path);
        with(&Origin { name: self.name, folder: &folder, date, path: None })
    }
}

/// The name of the folder that a file is in.
pub(crate) fn lies_in(path: &Path) -> Cow<'_, str> {
    path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy()
}

/// The batch's fields over the destination's defaults, filled in for one file. The folder is the one chosen
/// for the batch, plus the dropped folders below it.
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

/// A folder at the destination, plus the dropped folders below it.
pub(crate) fn folder(base: &str, inside: &str) -> Option<String> {
    let parts: Vec<_> =
        [base, inside].iter().map(|part| part.trim_matches('/')).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}
