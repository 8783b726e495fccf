//! Record360 as a destination kind: its form, and what is built from the settings.

use partway_core::Credentials;
use partway_http::ApiClient;
use partway_provider::{Fields, Provider};
use serde_json::Value;

use super::{LINK_IS_OPEN, Record360, Settings, TOKEN_ONLY_AT_FIRST_UPLOAD, settings};
use crate::SettingsError;
use crate::fields::Wrong;
use crate::kind::{About, Family, Kind};

/// The Record360 kind.
pub(crate) fn kind() -> Kind {
    let about = About {
        name: "record360".into(),
        title: "Record360".into(),
        summary: "Inspection media".into(),
        key_label: "Token, or password".into(),
        key_hint: "The API token that Record360 gave you; with a user name, that user's password".into(),
        secret_label: None,
        settings: settings::asked(),
        file_fields: Vec::new(),
        link_is_open: LINK_IS_OPEN,
        cannot_know: [
            TOKEN_ONLY_AT_FIRST_UPLOAD,
            "Record360 cannot renew links: what is not complete after 24 hours is sent again",
            "Record360 cannot delete sent parts; they expire on their own",
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

    fn validate_fields(&self, _: &Value, _: &Fields) -> Result<Result<(), Wrong>, SettingsError> {
        Ok(Ok(()))
    }

    fn open(
        &self,
        settings: &Value,
        credentials: Credentials,
        http: ApiClient,
    ) -> Result<Box<dyn Provider>, SettingsError> {
        Ok(Box::new(Record360::open(settings, credentials, http)?))
    }
}
