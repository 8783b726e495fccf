//! AutoRender as a destination kind: its form, and what is built from the settings.

use partway_core::Credentials;
use partway_http::ApiClient;
use partway_provider::{Fields, Provider};
use serde_json::Value;

use super::{AutoRender, LINK_IS_OPEN, Settings, check, settings};
use crate::SettingsError;
use crate::fields::{self, Wrong};
use crate::kind::{About, Family, Kind};

/// The AutoRender kind.
pub(crate) fn kind() -> Kind {
    let about = About {
        name: "autorender".into(),
        title: "AutoRender".into(),
        summary: "Media workspace".into(),
        key_label: "API key".into(),
        key_hint: "In AutoRender: Settings, API keys".into(),
        secret_label: None,
        settings: settings::asked(),
        file_fields: ["folder", "tags", "metadata", "custom_id", "random_prefix", "ttl_seconds"]
            .map(Into::into)
            .into(),
        link_is_open: LINK_IS_OPEN,
        cannot_know: [
            check::KEY_ONLY_AT_FIRST_UPLOAD,
            "AutoRender gives no checksum of the finished file unless its storage answers each part with one",
            "AutoRender cannot delete sent parts; they expire on their own",
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

    fn validate_fields(&self, _: &Value, fields: &Fields) -> Result<Result<(), Wrong>, SettingsError> {
        Ok(fields::folder(fields))
    }

    fn open(
        &self,
        settings: &Value,
        credentials: Credentials,
        http: ApiClient,
    ) -> Result<Box<dyn Provider>, SettingsError> {
        Ok(Box::new(AutoRender::open(settings, credentials, http)?))
    }
}
