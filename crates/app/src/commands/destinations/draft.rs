//! A destination as a person wrote it down, looked at: each thing that cannot be used is told beside its field.

use partway_api::{ApiError, DestinationDraft};
use partway_provider::Fields;
use partway_providers::{Amended, Kind};
use serde_json::{Map, Value};

use crate::commands::fields::fields_of;

/// Names are shown in rows: no longer than this.
const LONGEST_NAME: usize = 80;

/// A draft that can be used.
pub(super) struct Looked {
    pub(super) kind: &'static Kind,
    pub(super) settings: Value,
    pub(super) fields: Fields,
    /// What was made of something that was typed, a sentence each.
    pub(super) said: Vec<String>,
}

/// Looks at everything but the key.
pub(super) fn look(draft: &DestinationDraft) -> Result<Looked, ApiError> {
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
    let kind = kind(&draft.kind)?;
    let mut settings = Map::new();
    for (name, value) in &draft.settings {
        let value = value.trim();
        if !kind.settings.iter().any(|setting| setting.name == name) {
            let known: Vec<_> = kind.settings.iter().map(|setting| setting.name).collect();
            return Err(ApiError::field(
                name,
                format!("{} has no setting “{name}”. It has: {}.", kind.title, known.join(", ")),
            ));
        }
        if !value.is_empty() {
            settings.insert(name.clone(), value.into());
        }
    }
    let Amended { settings, said } = partway_providers::amend(kind.name, &Value::Object(settings))
        .map_err(|error| ApiError::field(error.field, error.sentence))?;
    let fields = fields_of(kind, &settings, &draft.fields)?;
    Ok(Looked { kind, settings, fields, said })
}

/// The kind of that name.
pub(in crate::commands) fn kind(name: &str) -> Result<&'static Kind, ApiError> {
    partway_providers::kinds().iter().find(|kind| kind.name == name).ok_or_else(|| {
        let known: Vec<_> = partway_providers::kinds().iter().map(|kind| kind.name).collect();
        ApiError::field("kind", format!("There is no kind “{name}”. Choose one of: {}.", known.join(", ")))
    })
}
