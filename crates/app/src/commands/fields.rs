//! Validates per-file fields, and changes them while files have not started.

use partway_api::{ApiError, Code, Done, FieldsChange, FieldsDraft, IfExists, Selection};
use partway_engine::{BatchId, Destination, DestinationId, Which};
use partway_provider::{Fields, template};
use partway_providers::{Kind, Kinds};
use serde_json::Value;

use super::destinations::{kind, of_field};
use super::jobs::job as id_of;
use crate::App;
use crate::app::{journal, refusal};
use crate::view;

/// Longest text in characters, above any vendor's limit for a folder, tag, title or id: S3 keys have 1,024
/// bytes.
const LONGEST_TEXT: usize = 1024;

/// Changes the fields of files that have not started.
pub(super) async fn change(app: &App, jobs: &Selection, change: FieldsChange) -> Result<Done, ApiError> {
    let (which, to) = match jobs {
        Selection::Job(text) => {
            let id = id_of(app, text).await?;
            let job = app.0.engine.job(&id).await.map_err(refusal)?;
            (Which::Job(id), job.destination)
        }
        Selection::Batch(id) => {
            let id = BatchId(id.clone());
            let found = app.0.engine.taken_in(&id).await.map_err(|e| journal(&e))?;
            let (batch, _) =
                found.ok_or_else(|| ApiError::new(Code::Refused, "These files are not there any more."))?;
            (Which::Batch(id), batch.destination)
        }
        Selection::All => {
            return Err(ApiError::new(Code::Refused, "Say which file, or which batch, is to be changed."));
        }
    };
    let to = destination(app, &to).await?;
    let looked = fields_of(kind(&app.0.kinds, &to.kind)?, &settings_of(&to), &drafted(&change))?;
    if let Some(mime) = &change.mime {
        mime_of(mime)?;
    }
    let change = FieldsChange {
        folder: change.folder.map(|_| looked.folder.unwrap_or_default()),
        tags: change.tags.map(|_| looked.tags),
        metadata: change.metadata.map(|_| looked.metadata),
        custom_id: change.custom_id.map(|_| looked.custom_id.unwrap_or_default()),
        title: change.title.map(|_| looked.title.unwrap_or_default()),
        if_exists: looked.if_exists,
        mime: change.mime.map(|mime| mime.trim().to_owned()),
    };
    let touched = app.0.engine.change_fields(&which, change).await.map_err(refusal)?;
    Ok(Done::Jobs { touched })
}

/// Resolves name conflicts at the destination.
pub(super) async fn settle_name(app: &App, jobs: &Selection, how: IfExists) -> Result<Done, ApiError> {
    let touched = match jobs {
        Selection::Batch(id) => {
            app.0.engine.settle_names(&BatchId(id.clone()), how).await.map_err(refusal)?
        }
        Selection::Job(text) => {
            let id = id_of(app, text).await?;
            app.0.engine.settle_name(&id, how).await.map_err(refusal)?;
            1
        }
        Selection::All => {
            return Err(ApiError::new(Code::Refused, "Say for which file, or for which batch."));
        }
    };
    Ok(Done::Jobs { touched })
}

async fn destination(app: &App, id: &DestinationId) -> Result<Destination, ApiError> {
    let found = app.0.engine.destination(id).await.map_err(|e| journal(&e))?;
    found.ok_or_else(|| ApiError::new(Code::Refused, "Its destination was removed."))
}

/// Converts a change to a draft, so that one function validates both.
fn drafted(change: &FieldsChange) -> FieldsDraft {
    FieldsDraft {
        folder: change.folder.clone(),
        tags: change.tags.clone().unwrap_or_default(),
        metadata: change.metadata.clone().unwrap_or_default(),
        custom_id: change.custom_id.clone(),
        title: change.title.clone(),
        if_exists: change.if_exists,
        ..FieldsDraft::default()
    }
}

/// Validates a MIME type.
pub(super) fn mime_of(text: &str) -> Result<&str, ApiError> {
    let mime = text.trim();
    if partway_engine::is_mime(mime) {
        return Ok(mime);
    }
    Err(ApiError::field("mime", "A type looks like video/mp4: two words with a stroke between."))
}

/// The destination's settings.
pub(super) fn settings_of(to: &Destination) -> Value {
    serde_json::from_str(&to.settings).unwrap_or_default()
}

/// Validates a folder for new files or a batch. An empty one is kept: it means the top level, whatever the
/// destination's default.
pub(super) fn folder_of(
    kinds: &Kinds,
    to: &Destination,
    text: Option<String>,
) -> Result<Option<String>, ApiError> {
    let draft = FieldsDraft { folder: text.clone(), ..FieldsDraft::default() };
    let looked = fields_of(kind(kinds, &to.kind)?, &settings_of(to), &draft)?;
    Ok(text.map(|_| looked.folder.unwrap_or_default()))
}

/// Validates the fields of one upload, also combined with the destination's defaults.
pub(super) fn fields_for(kinds: &Kinds, to: &Destination, draft: &FieldsDraft) -> Result<Fields, ApiError> {
    let (kind, settings) = (kind(kinds, &to.kind)?, settings_of(to));
    let fields = fields_of(kind, &settings, draft)?;
    taken(kind, &settings, &fields.clone().over(&to.fields))?;
    Ok(fields)
}

/// Applies the kind's own rules, which are also checked at the start of an upload.
fn taken(kind: &Kind, settings: &Value, fields: &Fields) -> Result<(), ApiError> {
    kind.validate_fields(settings, fields).map_err(of_field)
}

/// Only known placeholders may appear in braces.
fn no_other_word(field: &str, text: &str) -> Result<(), ApiError> {
    template::check(text, &template::WORDS)
        .map_err(|none| ApiError::field(field, none.sentence(&template::WORDS)))
}

/// Validates a draft of fields against its kind; `settings` are the destination's.
pub(super) fn fields_of(kind: &Kind, settings: &Value, draft: &FieldsDraft) -> Result<Fields, ApiError> {
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
    if let Some((name, _)) =
        set.iter().find(|(name, set)| *set && !kind.about().file_fields.iter().any(|known| known == name))
    {
        return Err(ApiError::field(
            *name,
            format!("{} takes no {} for its files. Leave it empty.", kind.about().title, words_for(name)),
        ));
    }
    for (name, text) in texts(&fields) {
        if text.chars().count() > LONGEST_TEXT {
            return Err(ApiError::field(
                name,
                format!("At most {LONGEST_TEXT} letters for each {}.", words_for(name)),
            ));
        }
        if text.chars().any(char::is_control) {
            return Err(ApiError::field(
                name,
                format!("Write each {} on one line, without tabs.", words_for(name)),
            ));
        }
        no_other_word(name, text)?;
    }
    if fields.metadata.keys().any(|key| key.trim().is_empty()) {
        return Err(ApiError::field(
            "metadata",
            "Each piece of metadata has a name: write it as name=value.",
        ));
    }
    if draft.tags.iter().any(|tag| tag.trim().is_empty()) {
        return Err(ApiError::field("tags", "A tag is empty. Leave it out, or write something."));
    }
    if fields.ttl_seconds == Some(0) {
        return Err(ApiError::field(
            "ttl_seconds",
            "A session lives at least a second. Leave it empty for the vendor's own.",
        ));
    }
    taken(kind, settings, &fields)?;
    Ok(fields)
}

/// Every text of the fields with its field name.
fn texts(fields: &Fields) -> impl Iterator<Item = (&'static str, &str)> {
    let single = [("folder", &fields.folder), ("custom_id", &fields.custom_id), ("title", &fields.title)];
    let single = single.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)));
    let tags = fields.tags.iter().map(|tag| ("tags", tag.as_str()));
    let metadata = fields.metadata.iter().flat_map(|(key, value)| [key, value]);
    single.chain(tags).chain(metadata.map(|text| ("metadata", text.as_str())))
}

/// A field's name in a sentence.
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
