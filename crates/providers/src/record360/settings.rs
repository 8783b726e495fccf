//! Record360's settings: `{"url": …, "user": …, "other_types": "refuse" | "octet-stream"}`, all optional.

use serde_json::Value;
use url::Url;

use crate::ca::CA;
use crate::settings::{CHECKSUMS, base_url, etag_is_md5};
use crate::{Form, Setting, SettingsError, typed};

/// The documented base address.
pub(crate) const DEFAULT_URL: &str = "https://api.record360.com";

/// What is asked.
pub(crate) const ASKED: &[Setting] = &[
    Setting {
        name: "url",
        label: "Server",
        help: "Only where your account has an address of its own.",
        form: Form::Text { placeholder: DEFAULT_URL },
        required: false,
        advanced: true,
    },
    Setting {
        name: "user",
        label: "User name",
        help: "With a user name the key is that user's password, and Partway signs in by itself. Leave it empty if you have a token.",
        form: Form::Text { placeholder: "none: the key is a token" },
        required: false,
        advanced: false,
    },
    Setting {
        name: "other_types",
        label: "Files of other types",
        help: "Record360 takes pictures and videos of twelve types. Others can be refused here, or sent without a type.",
        form: Form::Choice(&[
            ("refuse", "Refuse them"),
            ("octet-stream", "Send them as application/octet-stream"),
        ]),
        required: false,
        advanced: true,
    },
    CA,
    CHECKSUMS,
];

/// The settings, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The base address; a path is kept and `/api/users/…` comes after it.
    pub url: Url,
    /// Whose password the key is; `None`: it is a token.
    pub user: Option<String>,
    /// Whether files of types that are not on the list go as `application/octet-stream`.
    pub other_types: bool,
    /// The ETags of its storage can be compared.
    pub etag_is_md5: bool,
}

impl Settings {
    /// Reads the settings; what is not set has its default.
    ///
    /// # Errors
    /// [`SettingsError`] where a field cannot be used.
    pub fn read(settings: &Value) -> Result<Self, SettingsError> {
        let url = typed::text(settings, "url")?.unwrap_or_else(|| DEFAULT_URL.to_owned());
        Ok(Self {
            url: base_url(&url)?,
            user: typed::text(settings, "user")?,
            other_types: typed::choice(settings, ASKED, "other_types")? == "octet-stream",
            etag_is_md5: etag_is_md5(settings)?,
        })
    }
}
