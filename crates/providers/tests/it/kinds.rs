//! Looks up a kind by its name, as the app does.

use partway_providers::{Kind, Kinds};

pub(crate) fn named(name: &str) -> Kind {
    Kinds::built_in().named(name).unwrap().clone()
}
