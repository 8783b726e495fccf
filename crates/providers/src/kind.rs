//! The kinds of destinations there are, and the way from a kind's name to its provider.

use partway_core::{ApiKey, Credentials};
use partway_http::ApiClient;
use partway_provider::{CheckReport, Fields, Finding, Provider};
use serde_json::Value;

use crate::SettingsError;
use crate::autorender::AutoRender;
use crate::fields::{self, beside, sampled};
use crate::gjirafa::Gjirafa;
use crate::record360::Record360;
use crate::s3::S3;

/// What a person is told of a kind before setting one up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The name in settings and on the command line.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// What it is, in two or three words.
    pub about: &'static str,
    /// What the key is called there: "API key", "Access key id".
    pub key_label: &'static str,
    /// Where the key is found.
    pub key_hint: &'static str,
    /// What its other half is called, where there are two.
    pub secret_label: Option<&'static str>,
    /// What else is asked when one is set up, in this order. `url` is one of them.
    pub settings: &'static [Setting],
    /// What can be set for each file, by its name in [`Fields`](partway_provider::Fields).
    pub file_fields: &'static [&'static str],
    /// The address of a finished file is open to whoever has it (else: "sign-in needed").
    pub link_is_open: bool,
    /// What the vendor gives no way to know, one sentence each.
    pub cannot_know: &'static [&'static str],
}

impl Kind {
    /// The vendor's own address; `None` where each customer has one.
    #[must_use]
    pub fn default_url(&self) -> Option<&'static str> {
        self.settings.iter().find(|setting| setting.name == "url" && !setting.required).and_then(|setting| {
            match setting.form {
                Form::Text { placeholder } => Some(placeholder),
                Form::Choice(_) | Form::Switch | Form::Lines { .. } => None,
            }
        })
    }
}

/// One setting of a kind, as a form or a command line asks for it. Its value is text, and lies under its name in the settings' JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its name in the settings; the flag on the command line is the same with `-` for `_`.
    pub name: &'static str,
    /// What stands beside the field.
    pub label: &'static str,
    /// Where to find it, or what it is good for; one sentence.
    pub help: &'static str,
    /// How it is asked.
    pub form: Form,
    /// It has no default, so it must be given.
    pub required: bool,
    /// Few need it.
    pub advanced: bool,
}

/// How a setting is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A line of text; what is shown while it is empty is the default, or an example.
    Text {
        /// The default or an example.
        placeholder: &'static str,
    },
    /// One of these: value and label, the default first.
    Choice(&'static [(&'static str, &'static str)]),
    /// `true` or `false`; off unless told.
    Switch,
    /// Text of several lines, which mostly lies in a file: a command line takes that file.
    Lines {
        /// How it begins.
        placeholder: &'static str,
    },
}

const NO_KEY: &str = "There is no key that could be tried, so nothing can be said of it";

const KINDS: &[Kind] =
    &[crate::autorender::KIND, crate::gjirafa::KIND, crate::record360::KIND, crate::s3::KIND];

/// Every kind, in the order in which they are offered.
#[must_use]
pub const fn kinds() -> &'static [Kind] {
    KINDS
}

/// Settings as they are kept, where that is not quite what was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Amended {
    /// What is kept.
    pub settings: Value,
    /// What was made of something, a sentence each, to be told.
    pub said: Vec<String>,
}

/// What a person typed, as it is to be kept: asked once, where it is typed. What lies in a journal is never read otherwise than it was
/// written down.
///
/// # Errors
/// [`SettingsError`] where something can be read in two ways, or cannot be used ([`validate`]).
pub fn amend(kind: &str, settings: &Value) -> Result<Amended, SettingsError> {
    let (mut settings, mut said) = (settings.clone(), Vec::new());
    if kind == "s3"
        && let Some((amended, sentence)) = crate::s3::without_bucket(&settings)?
    {
        settings = amended;
        said.push(sentence);
    }
    if let Some(roots) = crate::ca(&settings)? {
        settings["ca"] = roots.into();
    }
    validate(kind, &settings)?;
    Ok(Amended { settings, said })
}

/// Whether these settings can be opened; nothing is sent.
///
/// # Errors
/// [`SettingsError`] names the field and what to do.
pub fn validate(kind: &str, settings: &Value) -> Result<(), SettingsError> {
    crate::ca(settings)?;
    match kind {
        "autorender" => crate::autorender::Settings::read(settings).map(drop),
        "gjirafa" => crate::gjirafa::Settings::read(settings).map(drop),
        "record360" => crate::record360::Settings::read(settings).map(drop),
        "s3" => crate::s3::Settings::read(settings).map(drop),
        other => Err(SettingsError::unknown_kind(other)),
    }
}

/// Whether a file with these fields can ever go to such a destination, by the rules of its start; nothing is sent. Words in braces may
/// still stand in them.
///
/// # Errors
/// [`SettingsError`] names the field, as it is called in [`Fields`], and what to do.
pub fn validate_fields(kind: &str, settings: &Value, fields: &Fields) -> Result<(), SettingsError> {
    let fields = sampled(fields);
    let looked = match kind {
        "autorender" => fields::folder(&fields),
        "gjirafa" => crate::gjirafa::Settings::read(settings)?.shows(&fields),
        "record360" => Ok(()),
        "s3" => crate::s3::looked_at(&crate::s3::Settings::read(settings)?, &fields),
        other => return Err(SettingsError::unknown_kind(other)),
    };
    looked.map_err(beside)
}

/// Host and clock of a destination, where there is no key to ask with: an invented one is refused, and whoever refuses it is there. Of
/// the key this says nothing.
///
/// # Errors
/// [`SettingsError`] as in [`validate`].
pub async fn reach(kind: &str, settings: &Value, http: ApiClient) -> Result<CheckReport, SettingsError> {
    const INVENTED: &str = "none.none.none";
    let two = kinds().iter().any(|known| known.name == kind && known.secret_label.is_some());
    let nobodys = Credentials {
        key: ApiKey::new(INVENTED),
        secret: two.then(|| ApiKey::new("none either")),
        session_token: None,
    };
    let mut settings = settings.clone();
    // Nobody is signed in with an invented password: too many of them lock a user out.
    if let Some(settings) = settings.as_object_mut() {
        settings.remove("user");
    }
    let report = open(kind, &settings, nobodys, http)?.check().await;
    Ok(CheckReport { key: Finding::CannotKnow(NO_KEY), ..report })
}

/// The provider of a destination.
///
/// # Errors
/// [`SettingsError`] as in [`validate`].
pub fn open(
    kind: &str,
    settings: &Value,
    credentials: Credentials,
    http: ApiClient,
) -> Result<Box<dyn Provider>, SettingsError> {
    match kind {
        "autorender" => Ok(Box::new(AutoRender::open(settings, credentials, http)?)),
        "gjirafa" => Ok(Box::new(Gjirafa::open(settings, credentials, http)?)),
        "record360" => Ok(Box::new(Record360::open(settings, credentials, http)?)),
        "s3" => Ok(Box::new(S3::open(settings, &credentials, http)?)),
        other => Err(SettingsError::unknown_kind(other)),
    }
}
