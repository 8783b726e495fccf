//! A destination as a person wrote it down, looked at: each thing that cannot be used is told beside its field.

use partway_api::{ApiError, DestinationDraft, FieldsDraft};
use partway_provider::Fields;
use partway_providers::Kind;
use serde_json::{Map, Value};

use crate::view;

/// Names are shown in rows: no longer than this.
const LONGEST_NAME: usize = 80;

/// Longer than any vendor takes a folder, a tag, a title or an id.
const LONGEST_TEXT: usize = 1000;

/// A draft that can be used.
pub(super) struct Looked {
    pub(super) kind: &'static Kind,
    pub(super) settings: Value,
    pub(super) fields: Fields,
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
    let settings = Value::Object(settings);
    partway_providers::validate(kind.name, &settings)
        .map_err(|error| ApiError::field(error.field, error.sentence))?;
    Ok(Looked { kind, settings, fields: fields_of(kind, &draft.fields)? })
}

/// The kind of that name.
pub(in crate::commands) fn kind(name: &str) -> Result<&'static Kind, ApiError> {
    partway_providers::kinds().iter().find(|kind| kind.name == name).ok_or_else(|| {
        let known: Vec<_> = partway_providers::kinds().iter().map(|kind| kind.name).collect();
        ApiError::field("kind", format!("There is no kind “{name}”. Choose one of: {}.", known.join(", ")))
    })
}

/// What shall be set for files, where the kind takes it.
pub(in crate::commands) fn fields_of(kind: &Kind, draft: &FieldsDraft) -> Result<Fields, ApiError> {
    let fields = view::from_draft(draft);
    let set = [
        ("folder", fields.folder.is_some()),
        ("tags", !fields.tags.is_empty()),
        ("metadata", !fields.metadata.is_empty()),
        ("custom_id", fields.custom_id.is_some()),
        ("title", fields.title.is_some()),
        ("if_exists", fields.if_exists.is_some()),
        ("random_prefix", fields.random_prefix.is_some()),
        ("ttl_seconds", fields.ttl_seconds.is_some()),
    ];
    if let Some((name, _)) = set.iter().find(|(name, set)| *set && !kind.file_fields.contains(name)) {
        return Err(ApiError::field(
            *name,
            format!("{} takes no {} for its files. Leave it empty.", kind.title, words_for(name)),
        ));
    }
    for (name, text) in texts(&fields) {
        if text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control) {
            return Err(ApiError::field(
                name,
                format!("At most {LONGEST_TEXT} letters, on one line, for each {}.", words_for(name)),
            ));
        }
    }
    if fields.metadata.keys().any(|key| key.trim().is_empty()) {
        return Err(ApiError::field(
            "metadata",
            "Each piece of metadata has a name: write it as name=value.",
        ));
    }
    if fields.ttl_seconds == Some(0) {
        return Err(ApiError::field(
            "ttl_seconds",
            "A session lives at least a second. Leave it empty for the vendor's own.",
        ));
    }
    Ok(fields)
}

/// Every text of the fields, with the field that it is of.
fn texts(fields: &Fields) -> impl Iterator<Item = (&'static str, &str)> {
    let single = [("folder", &fields.folder), ("custom_id", &fields.custom_id), ("title", &fields.title)];
    let single = single.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)));
    let tags = fields.tags.iter().map(|tag| ("tags", tag.as_str()));
    let metadata = fields.metadata.iter().flat_map(|(key, value)| [key, value]);
    single.chain(tags).chain(metadata.map(|text| ("metadata", text.as_str())))
}

/// What a field is called in a sentence.
fn words_for(field: &str) -> &'static str {
    match field {
        "folder" => "folder",
        "tags" => "tag",
        "metadata" => "metadata",
        "custom_id" => "id of your own",
        "title" => "title",
        "if_exists" => "rule for names that are taken",
        "random_prefix" => "random letters before the name",
        _ => "session length",
    }
}
