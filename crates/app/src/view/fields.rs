//! Converts per-file fields between front ends and the engine.

use partway_api::FieldsDraft;
use partway_provider::Fields;

/// For a front end.
pub(crate) fn to_draft(fields: &Fields) -> FieldsDraft {
    let fields = fields.clone();
    FieldsDraft {
        folder: fields.folder,
        tags: fields.tags,
        metadata: fields.metadata,
        custom_id: fields.custom_id,
        title: fields.title,
        if_exists: fields.if_exists,
        random_prefix: fields.random_prefix,
        ttl_seconds: fields.ttl_seconds,
    }
}

/// For the engine: trimmed, with empty values unset.
pub(crate) fn from_draft(draft: &FieldsDraft) -> Fields {
    let text = |value: &Option<String>| {
        value.as_deref().map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
    };
    Fields {
        folder: text(&draft.folder)
            .map(|folder| folder.trim_matches('/').to_owned())
            .filter(|folder| !folder.is_empty()),
        tags: draft.tags.iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect(),
        metadata: draft.metadata.clone(),
        custom_id: text(&draft.custom_id),
        title: text(&draft.title),
        if_exists: draft.if_exists,
        random_prefix: draft.random_prefix,
        ttl_seconds: draft.ttl_seconds,
    }
}
