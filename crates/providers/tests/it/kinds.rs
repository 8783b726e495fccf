//! The kind of a name, as the app finds it.

use partway_providers::{Kind, Kinds};

pub(crate) fn named(name: &str) -> Kind {
    Kinds::built_in().named(name).unwrap().clone()
}
