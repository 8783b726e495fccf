//! Gjirafa as a destination kind: its form, and what is built from the settings.

use partway_core::Credentials;
use partway_http::ApiClient;
use partway_provider::{Fields, Provider};
use serde_json::Value;

use super::{Gjirafa, KEY_ONLY_AT_FIRST_UPLOAD, LINK_IS_OPEN, Settings, settings};
use crate::SettingsError;
use crate::fields::Wrong;
use crate::kind::{About, Family, Kind};

/// The Gjirafa kind.
pub(crate) fn kind() -> Kind {
    let about = About {
        name: "gjirafa".into(),
        title: "Gjirafa".into(),
        summary: "Video platform".into(),
        key_label: "API key".into(),
        key_hint: "The key for the platform's API that belongs to the project".into(),
        secret_label: None,
        settings: settings::asked(),
        file_fields: ["title"].map(Into::into).into(),
        link_is_open: LINK_IS_OPEN,
        cannot_know: [
            KEY_ONLY_AT_FIRST_UPLOAD,
            "Gjirafa tells neither size nor checksum of the finished file",
            "Gjirafa has no way to see whether a file was registered as a video already",
        ]
        .map(Into::into)
        .into(),
    };
    Kind::new(about, Vendor)
}

struct Vendor;

impl Family for Vendor {
    fn validate(&self, settings: &Value) -> Result<(), SettingsError> {
        Settings::read(settings).map(drop)
    }

    fn validate_fields(&self, settings: &Value, fields: &Fields) -> Result<Result<(), Wrong>, SettingsError> {
        Ok(Settings::read(settings)?.shows(fields))
    }

    fn open(
        &self,
        settings: &Value,
        credentials: Credentials,
        http: ApiClient,
    ) -> Result<Box<dyn Provider>, SettingsError> {
        Ok(Box::new(Gjirafa::open(settings, credentials, http)?))
    }
}
