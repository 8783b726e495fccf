//! The registry of destination kinds, by name.

use std::sync::Arc;

use crate::kind::Kind;
use crate::setting::SettingsError;
use crate::{autorender, gjirafa, record360, s3};

/// A registry of kinds, in the order in which they are offered. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Kinds(Arc<[Kind]>);

impl Kinds {
    /// The built-in kinds.
    #[must_use]
    pub fn built_in() -> Self {
        Self(Arc::new([autorender::kind(), gjirafa::kind(), record360::kind(), s3::kind()]))
    }

    /// Iterates over the kinds.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.0.iter()
    }

    /// The kind with this name, as used in settings and on the command line.
    ///
    /// # Errors
    /// [`SettingsError`] if there is none; it lists the known ones.
    pub fn named(&self, name: &str) -> Result<&Kind, SettingsError> {
        self.iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let known: Vec<_> = self.iter().map(Kind::name).collect();
            let sentence = format!("There is no kind “{name}”. Choose one of: {}.", known.join(", "));
            SettingsError::new("kind", sentence)
        })
    }
}
