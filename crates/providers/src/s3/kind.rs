//! S3 as a destination kind: its form, and what is built from the settings.

use partway_core::Credentials;
use partway_http::ApiClient;
use partway_provider::{Fields, Provider};
use serde_json::Value;

use super::fields::looked_at;
use super::{LINK_IS_OPEN, S3, address, checked, settings};
use crate::SettingsError;
use crate::fields::Wrong;
use crate::kind::{About, Family, Kind};

/// The S3 kind.
pub(crate) fn kind() -> Kind {
    let about = About {
        name: "s3".into(),
        title: "S3".into(),
        summary: "Any S3-compatible storage".into(),
        key_label: "Access key ID".into(),
        key_hint: "Where keys are made: at Amazon under IAM, Security credentials".into(),
        secret_label: Some("Secret access key".into()),
        settings: settings::asked(),
        file_fields: ["folder", "tags", "metadata", "if_exists"].map(Into::into).into(),
        link_is_open: LINK_IS_OPEN,
        cannot_know: ["Whether a key may write to its bucket, and not only read, shows at the first upload",
        "Files that the storage encrypts with a key of its own (KMS) have no checksum that could be compared",
        "Unfinished uploads that Partway could not delete stay, and are billed, unless the bucket has a rule that ends them"].map(Into::into).into(),
    };
    Kind::new(about, Vendor)
}

struct Vendor;

impl Family for Vendor {
    fn amend(&self, settings: &mut Value) -> Result<Vec<String>, SettingsError> {
        let Some((amended, sentence)) = address::without_bucket(settings)? else { return Ok(Vec::new()) };
        *settings = amended;
        Ok(vec![sentence])
    }

    fn validate(&self, settings: &Value) -> Result<(), SettingsError> {
        checked(settings).map(drop)
    }

    fn validate_fields(&self, settings: &Value, fields: &Fields) -> Result<Result<(), Wrong>, SettingsError> {
        Ok(looked_at(&checked(settings)?, fields))
    }

    fn open(
        &self,
        settings: &Value,
        credentials: Credentials,
        http: ApiClient,
    ) -> Result<Box<dyn Provider>, SettingsError> {
        Ok(Box::new(S3::open(settings, &credentials, http)?))
    }
}
