//! What is set for files, looked at by the rules of a kind before anything is sent: the rules are those of the start itself.

use partway_provider::template::Origin;
use partway_provider::{Fields, FileFacts};

use crate::setting::SettingsError;

/// A file for what is still a pattern: each word stands for one letter that no other has, so that only what no file can mend is refused.
const SAMPLE: Origin<'_> = Origin { name: "~.^", folder: "|", date: "2026-11-21", path: None };

/// The field that is not right, and what is wrong with it and what to do, as the end of a sentence.
pub(crate) type Wrong = (&'static str, String);

/// What a sample file would have set.
pub(crate) fn sampled(fields: &Fields) -> Fields {
    fields.clone().filled(&SAMPLE)
}

/// The sample, with these fields.
pub(crate) fn sample(fields: &Fields) -> FileFacts {
    FileFacts {
        name: SAMPLE.name.to_owned(),
        fields: fields.clone(),
        lies_in: SAMPLE.folder.to_owned(),
        added_on: SAMPLE.date.to_owned(),
        ..FileFacts::default()
    }
}

/// Why no address leads to what lies in this folder: a segment that whoever reads a web address takes for a step in it (WHATWG URL,
/// "double-dot path segment"), or one without a name.
pub(crate) fn unreachable(path: &str) -> Option<String> {
    path.split('/').find_map(|segment| match segment {
        "." | ".." => Some(format!("“{segment}” as a folder or a name has no address there. Choose another")),
        "" if path.contains("//") => {
            Some("between two slashes stands no name. Take one of them away".to_owned())
        }
        _ => None,
    })
}

/// The folder of a file, where it has one.
pub(crate) fn folder(fields: &Fields) -> Result<(), Wrong> {
    let said = fields.folder.as_deref().and_then(|folder| unreachable(folder.trim_matches('/')));
    said.map_or(Ok(()), |said| Err(("folder", said)))
}

/// As a person reads it beside the field.
pub(crate) fn beside((field, said): Wrong) -> SettingsError {
    let mut letters = said.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    SettingsError::new(field, format!("{}.", first.chain(letters).collect::<String>()))
}
