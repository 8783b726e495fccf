//! Checks a file's fields by the rules of a kind before anything is sent: the same rules as at the start
//! itself.

use partway_provider::template::Origin;
use partway_provider::{Fields, FileFacts};

use crate::setting::SettingsError;

/// A sample file for fields that are still patterns. Each placeholder stands for one distinct character, so
/// that only what no file can fix is refused.
const SAMPLE: Origin<'_> = Origin { name: "~.^", folder: "|", date: "2026-11-21", path: None };

/// The field that is wrong, and what is wrong with it and what to do, as the end of a sentence.
pub(crate) type Wrong = (&'static str, String);

/// The fields as filled in for the sample file.
pub(crate) fn sampled(fields: &Fields) -> Fields {
    fields.clone().filled(&SAMPLE)
}

/// The sample file with these fields.
pub(crate) fn sample(fields: &Fields) -> FileFacts {
    FileFacts {
        name: SAMPLE.name.to_owned(),
        fields: fields.clone(),
        lies_in: SAMPLE.folder.to_owned(),
        added_on: SAMPLE.date.to_owned(),
        ..FileFacts::default()
    }
}

/// Why no URL leads to a file in this folder: a segment that URL parsers resolve as a step (WHATWG URL,
/// "double-dot path segment"), or an empty one.
pub(crate) fn unreachable(path: &str) -> Option<String> {
    path.split('/').find_map(|segment| match segment {
        "." | ".." => Some(format!("“{segment}” as a folder or a name has no address there. Choose another")),
        "" if path.contains("//") => {
            Some("between two slashes stands no name. Take one of them away".to_owned())
        }
        _ => None,
    })
}

/// Checks a file's folder, if it has one.
pub(crate) fn folder(fields: &Fields) -> Result<(), Wrong> {
    let said = fields.folder.as_deref().and_then(|folder| unreachable(folder.trim_matches('/')));
    said.map_or(Ok(()), |said| Err(("folder", said)))
}

/// Turns it into a sentence to show beside the field.
pub(crate) fn beside((field, said): Wrong) -> SettingsError {
    let mut letters = said.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    SettingsError::new(field, format!("{}.", first.chain(letters).collect::<String>()))
}
