//! A setting of every kind: whether its storage's ETags can be compared with what was sent.

use serde_json::Value;

use crate::setting::{Choices, Setting, SettingsError};
use crate::typed;

/// The setting's name.
const NAME: &str = "checksums";

const CHECKSUMS: Choices =
    &[("compare", "Compare them with what was sent"), ("ignore", "They cannot be compared")];

pub(crate) fn setting() -> Setting {
    Setting::choice(
        NAME,
        "Checksums of the storage",
        "Some storages answer with checksums that are not those of the content, because they encrypt it or compute them in a way of \
         their own. Files then end as uploaded, not verified.",
        CHECKSUMS,
    )
    .advanced()
}

/// Whether they can be compared.
pub(crate) fn etag_is_md5(settings: &Value) -> Result<bool, SettingsError> {
    Ok(typed::choice(settings, NAME, CHECKSUMS)? == "compare")
}
