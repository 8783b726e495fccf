//! A destination as a front end sees it.

use partway_api::{DestinationState, DestinationView, FieldsDraft};
use partway_engine::{Destination, Standing};
use partway_provider::Fields;
use partway_providers::Kind;

use crate::keys::KeySource;

/// The view of a destination; `chosen` is the one new files go to.
pub(crate) fn destination(found: &Destination, chosen: bool) -> DestinationView {
    let source = KeySource::of(found);
    let practice = source == KeySource::Practice;
    let kind = partway_providers::kinds().iter().find(|kind| kind.name == found.kind);
    let settings: serde_json::Value = serde_json::from_str(&found.settings).unwrap_or_default();
    let url = settings["url"].as_str().or_else(|| kind.and_then(Kind::default_url)).unwrap_or_default();
    let (state, said) = match found.standing {
        Standing::Good => (DestinationState::Good, None),
        Standing::Unknown => (DestinationState::Unknown, None),
        Standing::Refused => (DestinationState::KeyRefused, Some("Key refused".to_owned())),
        Standing::Missing => (DestinationState::KeyMissing, Some("Key missing".to_owned())),
    };
    DestinationView {
        id: found.id.0.clone(),
        name: found.name.clone(),
        kind: if practice { "practice".into() } else { found.kind.clone() },
        kind_name: if practice {
            "This computer only".into()
        } else {
            kind.map_or(found.kind.clone(), |kind| kind.title.into())
        },
        state,
        said,
        practice,
        key_kept: source.words(),
        url: url.to_owned(),
        fields: to_draft(&found.fields),
        chosen,
        folder_now: found.fields.folder.clone(),
    }
}

fn to_draft(fields: &Fields) -> FieldsDraft {
    let fields = fields.clone();
    FieldsDraft {
        folder: fields.folder,
        tags: fields.tags,
        metadata: fields.metadata,
        custom_id: fields.custom_id,
        random_prefix: fields.random_prefix,
        ttl_seconds: fields.ttl_seconds,
    }
}
