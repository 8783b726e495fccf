//! AutoRender's settings: `{"url": …, "auth": "bearer" | "x-api-key"}`, both optional.

use partway_http::KeyHeader;
use serde_json::Value;
use url::Url;

use crate::checksums::{self, etag_is_md5};
use crate::setting::{Choices, Setting, SettingsError};
use crate::web::base_url;
use crate::{ca, typed};

/// The documented base address.
pub(crate) const DEFAULT_URL: &str = "https://upload.autorender.io";

const AUTH: Choices = &[("bearer", "Authorization: Bearer"), ("x-api-key", "x-api-key")];

/// The settings to ask for.
pub(crate) fn asked() -> Vec<Setting> {
    vec![
        Setting::text("url", "Server", "Only where your workspace has an address of its own.", DEFAULT_URL)
            .advanced(),
        Setting::choice(
            "auth",
            "How the key is sent",
            "Both are documented; a proxy in between may let only one of them through.",
            AUTH,
        )
        .advanced(),
        ca::setting(),
        checksums::setting(),
    ]
}

/// The header for the key. Both are documented; AutoRender's own libraries send only `x-api-key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// `x-api-key: KEY`.
    XApiKey,
}

impl Auth {
    pub(crate) const fn header(self) -> KeyHeader {
        match self {
            Self::Bearer => KeyHeader::BEARER,
            Self::XApiKey => KeyHeader::X_API_KEY,
        }
    }
}

/// The parsed settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The base address; its path is kept, and `/api/v1/multipart/start` is appended.
    pub url: Url,
    /// The header for the key.
    pub auth: Auth,
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
        let auth = match typed::choice(settings, "auth", AUTH)? {
            "x-api-key" => Auth::XApiKey,
            _ => Auth::Bearer,
        };
        Ok(Self { url: base_url(&url)?, auth, etag_is_md5: etag_is_md5(settings)? })
    }
}
