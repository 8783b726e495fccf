//! Names of destinations, also of removed ones, looked up once.

use std::collections::HashMap;

use partway_engine::{Destination, DestinationId, Engine};
use partway_providers::{Kind, Kinds, Text};

use crate::keys::KeySource;

/// What a row needs to know of a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) practice: bool,
    /// What can be set for files that go there.
    pub(crate) file_fields: Vec<Text>,
    /// Whether the address of a finished file is open to whoever has it.
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

/// A small store of names.
#[derive(Default)]
pub(crate) struct Names(HashMap<DestinationId, Named>);

impl Names {
    /// The name of a destination; one that the journal lost has an honest stand-in.
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

    /// Forgets what it knew: a destination changed.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
