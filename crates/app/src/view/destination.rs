//! A destination as front ends see it.

use std::collections::BTreeMap;

use partway_api::{DestinationState, DestinationView};
use partway_engine::{Destination, Standing};
use partway_keychain::KeychainError;
use partway_providers::{About, Kind};

use super::to_draft;
use crate::keys::{KeySource, Keys};
use crate::words;

/// What the rail says about a destination's key.
mod said {
    pub(super) const REFUSED: &str = "Key refused";
    pub(super) const NEEDED: &str = "Needs its key";
    pub(super) const LOCKED: &str = "Keychain locked";
    /// Shown wherever a key appears that is lost when the process ends.
    pub(super) const THIS_SESSION: &str = "Key until quit";
    /// Shown for a key that was lost with an earlier process.
    pub(super) const GONE: &str = "was for one session, needed again";
}

/// The view of a destination; `chosen` is the one new files go to.
pub(crate) fn destination(keys: &Keys, found: &Destination, chosen: bool) -> DestinationView {
    let source = KeySource::of(found);
    let practice = source == KeySource::Practice;
    let kind = keys.kinds.named(&found.kind).ok().map(Kind::about);
    let settings: serde_json::Value = serde_json::from_str(&found.settings).unwrap_or_default();
    let url = settings["url"].as_str().or_else(|| kind.and_then(About::default_url)).unwrap_or_default();
    let session = source == KeySource::ThisSession;
    let well = session.then_some(said::THIS_SESSION);
    let gone = keys.has_to_be_given(found);
    let (state, said) = match found.standing {
        Standing::Good | Standing::Unknown if gone => (DestinationState::KeyMissing, Some(said::NEEDED)),
        Standing::Good => (DestinationState::Good, well),
        Standing::Unknown => (DestinationState::Unknown, well),
        Standing::Refused => (DestinationState::KeyRefused, Some(said::REFUSED)),
        Standing::Missing if keys.unread(&found.id) == Some(KeychainError::Locked) => {
            (DestinationState::KeyMissing, Some(said::LOCKED))
        }
        Standing::Missing => (DestinationState::KeyMissing, Some(said::NEEDED)),
    };
    DestinationView {
        id: found.id.0.clone(),
        name: found.name.clone(),
        kind: if practice { "practice".into() } else { found.kind.clone() },
        kind_name: if practice {
            "This computer only".into()
        } else {
            kind.map_or(found.kind.clone(), |kind| kind.title.clone().into())
        },
        state,
        said: said.map(str::to_owned),
        note: words::replaces(found.keeps),
        practice,
        key_kept: if gone { said::GONE.into() } else { source.words() },
        url: url.to_owned(),
        settings: given(&settings),
        fields: to_draft(&found.fields),
        file_fields: kind.map_or_else(Vec::new, |kind| {
            kind.file_fields.iter().map(|field| field.clone().into_owned()).collect()
        }),
        chosen,
        folder_now: found.fields.folder.clone(),
    }
}

/// The settings as text.
fn given(settings: &serde_json::Value) -> BTreeMap<String, String> {
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let given = settings.as_object().into_iter().flatten();
    given.map(|(name, value)| (name.clone(), text(value))).collect()
}
