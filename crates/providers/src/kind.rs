//! The kinds of destinations there are, and the way from a kind's name to its provider.

use partway_core::ApiKey;
use partway_http::ApiClient;
use partway_provider::Provider;
use serde_json::Value;

use crate::SettingsError;
use crate::autorender::AutoRender;

/// What a person is told of a kind before setting one up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The name in settings and on the command line.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// What it is, in two or three words.
    pub about: &'static str,
    /// Where the key is found.
    pub key_hint: &'static str,
    /// The vendor's own address; `None` where each customer has one.
    pub default_url: Option<&'static str>,
    /// What the vendor gives no way to know, one sentence each.
    pub cannot_know: &'static [&'static str],
}

const KINDS: &[Kind] = &[crate::autorender::KIND];

/// Every kind, in the order in which they are offered.
#[must_use]
pub const fn kinds() -> &'static [Kind] {
    KINDS
}

/// Whether these settings can be opened; nothing is sent.
///
/// # Errors
/// [`SettingsError`] names the field and what to do.
pub fn validate(kind: &str, settings: &Value) -> Result<(), SettingsError> {
    match kind {
        "autorender" => crate::autorender::Settings::read(settings).map(drop),
        other => Err(SettingsError::unknown_kind(other)),
    }
}

/// The provider of a destination.
///
/// # Errors
/// [`SettingsError`] as in [`validate`].
pub fn open(
    kind: &str,
    settings: &Value,
    key: ApiKey,
    http: ApiClient,
) -> Result<Box<dyn Provider>, SettingsError> {
    match kind {
        "autorender" => Ok(Box::new(AutoRender::open(settings, key, http)?)),
        other => Err(SettingsError::unknown_kind(other)),
    }
}
