//! Validates a destination draft; each error names its field.

use partway_api::{ApiError, DestinationDraft};
use partway_provider::Fields;
use partway_providers::{Amended, Kind, Kinds, SettingsError};
use serde_json::{Map, Value};

use crate::commands::fields::fields_of;

/// Names are shown in rows, so they are limited to this many characters.
const LONGEST_NAME: usize = 80;

/// A valid draft.
pub(super) struct Looked {
    pub(super) kind: Kind,
    pub(super) settings: Value,
    pub(super) fields: Fields,
    /// What was made of typed input, one sentence each.
    pub(super) said: Vec<String>,
}

/// Validates everything but the key.
pub(super) fn look(kinds: &Kinds, draft: &DestinationDraft) -> Result<Looked, ApiError> {
    let name = draft.name.trim();
    if name.is_empty() {
        return Err(ApiError::field("name", "Give it a name; rows show it."));
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(ApiError::field(
            "name",
            format!("A name has at most {LONGEST_NAME} letters, on one line."),
        ));
    }
    let kind = kind(kinds, &draft.kind)?;
    let about = kind.about();
    let mut settings = Map::new();
    for (name, value) in &draft.settings {
        let value = value.trim();
        if !about.settings.iter().any(|setting| setting.name == *name) {
            let known: Vec<_> = about.settings.iter().map(|setting| &*setting.name).collect();
            return Err(ApiError::field(
                name,
                format!("{} has no setting “{name}”. It has: {}.", about.title, known.join(", ")),
            ));
        }
        if !value.is_empty() {
            settings.insert(name.clone(), value.into());
        }
    }
    let Amended { settings, said } = kind.amend(&Value::Object(settings)).map_err(of_field)?;
    let fields = fields_of(kind, &settings, &draft.fields)?;
    Ok(Looked { kind: kind.clone(), settings, fields, said })
}

/// Looks up a kind by name.
pub(in crate::commands) fn kind<'a>(kinds: &'a Kinds, name: &str) -> Result<&'a Kind, ApiError> {
    kinds.named(name).map_err(of_field)
}

/// Converts a settings error into one for its field.
pub(in crate::commands) fn of_field(error: SettingsError) -> ApiError {
    ApiError::field(error.field, error.sentence)
}
