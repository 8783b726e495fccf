//! One kind of destination: what a person is told of it, and what can be done with its settings.

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

/// What a person is told of a kind before setting one up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The name in settings and on the command line.
    pub name: Text,
    /// The name for people.
    pub title: Text,
    /// What it is, in two or three words.
    pub summary: Text,
    /// What the key is called there: "API key", "Access key id".
    pub key_label: Text,
    /// Where the key is found.
    pub key_hint: Text,
    /// What its other half is called, where there are two.
    pub secret_label: Option<Text>,
    /// What else is asked when one is set up, in this order. `url` is one of them.
    pub settings: Vec<Setting>,
    /// What can be set for each file, by its name in [`Fields`].
    pub file_fields: Vec<Text>,
    /// The address of a finished file is open to whoever has it (else: "sign-in needed").
    pub link_is_open: bool,
    /// What the vendor gives no way to know, one sentence each.
    pub cannot_know: Vec<Text>,
}

/// What a vendor, or a family of services that speak alike, does with settings. Nothing is sent.
pub(crate) trait Family: Send + Sync {
    /// Mends what was typed where that can only be meant one way; gives a sentence for each thing that it mended.
    ///
    /// # Errors
    /// [`SettingsError`] where something can be read in two ways.
    fn amend(&self, _settings: &mut Value) -> Result<Vec<String>, SettingsError> {
        Ok(Vec::new())
    }

    /// Whether these settings can be opened.
    ///
    /// # Errors
    /// [`SettingsError`] names the field and what to do.
    fn validate(&self, settings: &Value) -> Result<(), SettingsError>;

    /// Whether a file with these fields can go to such a destination.
    ///
    /// # Errors
    /// The field that is not right, and why; or the settings' own fault.
    fn validate_fields(&self, settings: &Value, fields: &Fields) -> Result<Result<(), Wrong>, SettingsError>;

    /// The provider of a destination.
    ///
    /// # Errors
    /// [`SettingsError`] where a field or the key cannot be used.
    fn open(
        &self,
        settings: &Value,
        credentials: Credentials,
        http: ApiClient,
    ) -> Result<Box<dyn Provider>, SettingsError>;
}

/// Settings as they are kept, where that is not quite what was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Amended {
    /// What is kept.
    pub settings: Value,
    /// What was made of something, a sentence each, to be shown.
    pub said: Vec<String>,
}

const NO_KEY: &str = "There is no key that could be tried, so nothing can be said of it";

impl Kind {
    pub(crate) fn new(about: About, family: impl Family + 'static) -> Self {
        Self(Arc::new((about, Box::new(family))))
    }

    /// What a person is told of it.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.0.0
    }

    /// The name in settings and on the command line.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.about().name
    }

    /// What a person typed, as it is to be kept: asked once, where it is typed. What lies in a journal is never read otherwise than it
    /// was written down.
    ///
    /// # Errors
    /// [`SettingsError`] where something can be read in two ways, or cannot be used ([`validate`](Self::validate)).
    pub fn amend(&self, settings: &Value) -> Result<Amended, SettingsError> {
        let mut settings = settings.clone();
        let said = self.0.1.amend(&mut settings)?;
        if let Some(roots) = ca(&settings)? {
            settings["ca"] = roots.into();
        }
        self.validate(&settings)?;
        Ok(Amended { settings, said })
    }

    /// Whether these settings can be opened; nothing is sent.
    ///
    /// # Errors
    /// [`SettingsError`] names the field and what to do.
    pub fn validate(&self, settings: &Value) -> Result<(), SettingsError> {
        ca(settings)?;
        self.0.1.validate(settings)
    }

    /// Whether a file with these fields can ever go to such a destination, by the rules of its start; nothing is sent. Words in braces
    /// may still stand in them.
    ///
    /// # Errors
    /// [`SettingsError`] names the field, as it is called in [`Fields`], and what to do.
    pub fn validate_fields(&self, settings: &Value, fields: &Fields) -> Result<(), SettingsError> {
        self.0.1.validate_fields(settings, &sampled(fields))?.map_err(beside)
    }

    /// The provider of a destination.
    ///
    /// # Errors
    /// [`SettingsError`] as in [`validate`](Self::validate), and where the key is plainly none of this kind.
    pub fn open(
        &self,
        settings: &Value,
        credentials: Credentials,
        http: ApiClient,
    ) -> Result<Box<dyn Provider>, SettingsError> {
        self.0.1.open(settings, credentials, http)
    }

    /// Host and clock of a destination, where there is no key to ask with: an invented one is refused, and whoever refuses it is there.
    /// Of the key this says nothing.
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
        // No sign-in with an invented password: too many of them lock a user out.
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
    /// The vendor's own address; `None` where each customer has one.
    #[must_use]
    pub fn default_url(&self) -> Option<&str> {
        let url = self.settings.iter().find(|setting| setting.name == "url" && !setting.required)?;
        match &url.form {
            Form::Text { placeholder } => Some(placeholder),
            Form::Choice(_) | Form::Switch | Form::Lines { .. } => None,
        }
    }
}
