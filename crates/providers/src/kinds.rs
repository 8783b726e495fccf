//! The kinds of destinations that there are, by name.

use std::sync::Arc;

use crate::kind::Kind;
use crate::setting::SettingsError;
use crate::{autorender, gjirafa, record360, s3};

/// A registry of kinds, in the order in which they are offered. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Kinds(Arc<[Kind]>);

impl Kinds {
    /// The kinds that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        Self(Arc::new([autorender::kind(), gjirafa::kind(), record360::kind(), s3::kind()]))
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.0.iter()
    }

    /// The kind of this name, in settings and on the command line.
    ///
    /// # Errors
    /// [`SettingsError`] where there is none: it names those that there are.
    pub fn named(&self, name: &str) -> Result<&Kind, SettingsError> {
        self.iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let known: Vec<_> = self.iter().map(Kind::name).collect();
            let sentence = format!("There is no kind “{name}”. Choose one of: {}.", known.join(", "));
            SettingsError::new("kind", sentence)
        })
    }
}
