//! One kind of destination: its description, and operations on its settings.

use std::fmt;
use std::sync::Arc;

use partway_core::{ApiKey, Credentials};
use partway_http::ApiClient;
use partway_provider::{CheckReport, Fields, Finding, Provider};
use serde_json::Value;

use crate::ca;
use crate::fields::{Wrong, beside, sampled};
use crate::setting::{Form, Setting, SettingsError, Text};

/// A kind of destination. Cheap to clone.
#[derive(Clone)]
pub struct Kind(Arc<(About, Box<dyn Family>)>);

/// What the user gets to know about a kind before setting one up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The name in settings and on the command line.
    pub name: Text,
    /// The display name.
    pub title: Text,
    /// What it is, in two or three words.
    pub summary: Text,
    /// The vendor's term for the key: "API key", "Access key id".
    pub key_label: Text,
    /// Where to find the key.
    pub key_hint: Text,
    /// The vendor's term for the secret half, if there are two.
    pub secret_label: Option<Text>,
    /// The settings to ask for, in this order. `url` is one of them.
    pub settings: Vec<Setting>,
    /// The fields that can be set per file, by their names in [`Fields`].
    pub file_fields: Vec<Text>,
    /// Anyone with a finished file's URL can open it (else: "sign-in needed").
    pub link_is_open: bool,
    /// What the vendor offers no way to know, one sentence each.
    pub cannot_know: Vec<Text>,
}

/// How a vendor, or a family of compatible services, uses its settings. Sends nothing.
pub(crate) trait Family: Send + Sync {
    /// Corrects input that can only be meant one way; returns a sentence for each correction.
    ///
    /// # Errors
    /// [`SettingsError`] if something is ambiguous.
    fn amend(&self, _settings: &mut Value) -> Result<Vec<String>, SettingsError> {
        Ok(Vec::new())
    }

    /// Checks that these settings can be opened.
    ///
    /// # Errors
    /// [`SettingsError`] names the field and what to do.
    fn validate(&self, settings: &Value) -> Result<(), SettingsError>;

    /// Checks that a file with these fields can go to such a destination.
    ///
    /// # Errors
    /// The field that is wrong, and why; or an error in the settings themselves.
    fn validate_fields(&self, settings: &Value, fields: &Fields) -> Result<Result<(), Wrong>, SettingsError>;

    /// Opens the provider of a destination.
    ///
    /// # Errors
    /// [`SettingsError`] if a field or the key cannot be used.
    fn open(
        &self,
        settings: &Value,
        credentials: Credentials,
        http: ApiClient,
    ) -> Result<Box<dyn Provider>, SettingsError>;
}

/// Settings as stored, which may differ from the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Amended {
    /// The settings to store.
    pub settings: Value,
    /// What was corrected, one sentence each, to show to the user.
    pub said: Vec<String>,
}

const NO_KEY: &str = "There is no key that could be tried, so nothing can be said of it";

impl Kind {
    pub(crate) fn new(about: About, family: impl Family + 'static) -> Self {
        Self(Arc::new((about, Box::new(family))))
    }

    /// The kind's description.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.0.0
    }

    /// The name in settings and on the command line.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.about().name
    }

    /// Prepares the user's input for storage; called once, when it is entered. Stored settings are never
    /// reinterpreted.
    ///
    /// # Errors
    /// [`SettingsError`] if something is ambiguous or cannot be used ([`validate`](Self::validate)).
    pub fn amend(&self, settings: &Value) -> Result<Amended, SettingsError> {
        let mut settings = settings.clone();
        let said = self.0.1.amend(&mut settings)?;
        if let Some(roots) = ca(&settings)? {
            settings["ca"] = roots.into();
        }
        self.validate(&settings)?;
        Ok(Amended { settings, said })
    }

    /// Checks that these settings can be opened; sends nothing.
    ///
    /// # Errors
    /// [`SettingsError`] names the field and what to do.
    pub fn validate(&self, settings: &Value) -> Result<(), SettingsError> {
        ca(settings)?;
        self.0.1.validate(settings)
    }

    /// Checks whether a file with these fields can ever go to such a destination, by the rules of its start;
    /// sends nothing. The fields may still contain placeholders in braces.
    ///
    /// # Errors
    /// [`SettingsError`] names the field, as in [`Fields`], and what to do.
    pub fn validate_fields(&self, settings: &Value, fields: &Fields) -> Result<(), SettingsError> {
        self.0.1.validate_fields(settings, &sampled(fields))?.map_err(beside)
    }

    /// Opens the provider of a destination.
    ///
    /// # Errors
    /// [`SettingsError`] as in [`validate`](Self::validate), and if the key is plainly none of this kind.
    pub fn open(
        &self,
        settings: &Value,
        credentials: Credentials,
        http: ApiClient,
    ) -> Result<Box<dyn Provider>, SettingsError> {
        self.0.1.open(settings, credentials, http)
    }

    /// Checks a destination's host and clock without a key: a made-up one is refused, and the refusal shows
    /// that the host is there. It says nothing about the key.
    ///
    /// # Errors
    /// [`SettingsError`] as in [`validate`](Self::validate).
    pub async fn reach(&self, settings: &Value, http: ApiClient) -> Result<CheckReport, SettingsError> {
        const INVENTED: &str = "none.none.none";
        let invented = Credentials {
            key: ApiKey::new(INVENTED),
            secret: self.about().secret_label.is_some().then(|| ApiKey::new("none either")),
            session_token: None,
        };
        let mut settings = settings.clone();
        // No sign-in with a made-up password: too many of them lock a user out.
        if let Some(settings) = settings.as_object_mut() {
            settings.remove("user");
        }
        let report = self.open(&settings, invented, http)?.check().await;
        Ok(CheckReport { key: Finding::CannotKnow(NO_KEY), ..report })
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Kind").field(self.about()).finish()
    }
}

impl About {
    /// The vendor's own address; `None` if each customer has a different one.
    #[must_use]
    pub fn default_url(&self) -> Option<&str> {
        let url = self.settings.iter().find(|setting| setting.name == "url" && !setting.required)?;
        match &url.form {
            Form::Text { placeholder } => Some(placeholder),
            Form::Choice(_) | Form::Switch | Form::Lines { .. } => None,
        }
    }
}
