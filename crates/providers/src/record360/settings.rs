//! Record360's settings: `{"url": …, "user": …, "other_types": "refuse" | "octet-stream"}`, all optional.

use serde_json::Value;
use url::Url;

use crate::checksums::{self, etag_is_md5};
use crate::setting::{Choices, Setting, SettingsError};
use crate::web::base_url;
use crate::{ca, typed};

/// The documented base address.
pub(crate) const DEFAULT_URL: &str = "https://api.record360.com";

const OTHER_TYPES: Choices =
    &[("refuse", "Refuse them"), ("octet-stream", "Send them as application/octet-stream")];

/// The settings to ask for.
pub(crate) fn asked() -> Vec<Setting> {
    vec![
    Setting::text("url", "Server", "Only where your account has an address of its own.", DEFAULT_URL).advanced(),
    Setting::text("user", "User name", "With a user name the key is that user's password, and Partway signs in by itself. Leave it empty if you have a token.", "none: the key is a token"),
    Setting::choice("other_types", "Files of other types", "Record360 takes pictures and videos of twelve types. Others can be refused here, or sent without a type.", OTHER_TYPES).advanced(),
    ca::setting(),
    checksums::setting(),
]
}

/// The parsed settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The base address; its path is kept, and `/api/users/…` is appended.
    pub url: Url,
    /// The user whose password the key is; `None`: it is a token.
    pub user: Option<String>,
    /// Whether files of unlisted types are sent as `application/octet-stream`.
    pub other_types: bool,
    /// Whether its storage's ETags can be compared.
    pub etag_is_md5: bool,
}

impl Settings {
    /// Reads the settings; unset ones get their default.
    ///
    /// # Errors
    /// [`SettingsError`] if a field cannot be used.
    pub fn read(settings: &Value) -> Result<Self, SettingsError> {
        let url = typed::text(settings, "url")?.unwrap_or_else(|| DEFAULT_URL.to_owned());
        Ok(Self {
            url: base_url(&url)?,
            user: typed::text(settings, "user")?,
            other_types: typed::choice(settings, "other_types", OTHER_TYPES)? == "octet-stream",
            etag_is_md5: etag_is_md5(settings)?,
        })
    }
}
