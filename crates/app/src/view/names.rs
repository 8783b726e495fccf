//! Caches names of destinations, including removed ones.

use std::collections::HashMap;

use partway_engine::{Destination, DestinationId, Engine};
use partway_providers::{Kind, Kinds, Text};

use crate::keys::KeySource;

/// What a row needs to know about a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) practice: bool,
    /// The fields that can be set for files sent there.
    pub(crate) file_fields: Vec<Text>,
    /// Whether the address of a finished file opens without a sign-in.
    pub(crate) link_is_open: bool,
}

impl Named {
    pub(crate) fn of(kinds: &Kinds, found: Destination) -> Self {
        let kind = kinds.named(&found.kind).ok().map(Kind::about);
        Self {
            practice: KeySource::of(&found) == KeySource::Practice,
            name: found.name,
            file_fields: kind.map_or_else(Vec::new, |kind| kind.file_fields.clone()),
            link_is_open: kind.is_some_and(|kind| kind.link_is_open),
        }
    }
}

/// A cache of names.
#[derive(Default)]
pub(crate) struct Names(HashMap<DestinationId, Named>);

impl Names {
    /// The name of a destination, or a placeholder if the journal lost it.
    pub(crate) async fn get(&mut self, kinds: &Kinds, engine: &Engine, id: &DestinationId) -> Named {
        if let Some(named) = self.0.get(id) {
            return named.clone();
        }
        let found = engine.destination(id).await.ok().flatten();
        let named = found.map_or_else(
            || Named {
                name: "a removed destination".into(),
                practice: false,
                file_fields: Vec::new(),
                link_is_open: false,
            },
            |found| Named::of(kinds, found),
        );
        self.0.insert(id.clone(), named.clone());
        named
    }

    /// Clears the cache after a destination changed.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
