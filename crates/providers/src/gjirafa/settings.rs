//! Gjirafa's settings. Its base address and the form of its `Authorization` are not public, so the user is
//! asked for both.

use http::header::AUTHORIZATION;
use partway_http::KeyHeader;
use partway_provider::{Fields, HashAlgorithm};
use serde_json::Value;
use url::Url;

use crate::checksums::{self, etag_is_md5};
use crate::fields::Wrong;
use crate::setting::{Choices, Setting, SettingsError};
use crate::web::{base_url, endpoint};
use crate::{ca, typed};

/// Longest lifetime to request for links, hours: 7 days, S3's own bound for presigned URLs.
const MOST_HOURS: u32 = 168;

const AUTH: Choices = &[
    ("bare", "Authorization: KEY"),
    ("bearer", "Authorization: Bearer KEY"),
    ("token", "Authorization: Token KEY"),
    ("apikey", "Authorization: ApiKey KEY"),
    ("basic", "Authorization: Basic KEY"),
];

const DUPLICATES: Choices =
    &[("off", "Off"), ("md5", "By MD5"), ("sha1", "By SHA-1"), ("sha256", "By SHA-256")];

/// The settings to ask for.
pub(crate) fn asked() -> Vec<Setting> {
    vec![
    Setting::text("url", "Server", "The address of the platform's API, as Gjirafa gave it to you.", "https://…").required(),
    Setting::text("project", "Project", "The id of the project that the files go to; it stands in the platform's addresses after /projects/.", "the project's id").required(),
    Setting::choice("auth", "How the key is sent", "The form is not public: as it is, or with a word before it. Try another where a good key is refused.", AUTH).advanced(),
    Setting::choice("duplicates", "Look for duplicates", "Sends a hash of each file before it starts, so that Gjirafa can refuse what it has. Each file is read once more.", DUPLICATES).advanced(),
    Setting::text("url_hours", "Links live (hours)", "How long an upload's links are asked to live, 1 to 168 hours. They are renewed when they run out.", "12").advanced(),
    Setting::switch("encode", "Register as a video", "After the upload the file is registered as a video of the project, so that it is encoded."),
    Setting::text("callback", "Callback address", "The address that Gjirafa calls when the video is encoded. Needed where files are registered as videos.", "https://example.com/encoded"),
    Setting::text("author", "Author", "Whom the registered videos are by.", "nobody in particular").advanced(),
    ca::setting(),
    checksums::setting(),
]
}

/// How a file is registered as a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encode {
    /// `callBackUrl`, which the documentation requires.
    pub callback: String,
    /// `author`, sent only if set.
    pub author: Option<String>,
}

/// The parsed settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The project's URL: the base address and `/api/projects/{projectId}`.
    pub project: Url,
    /// The prefix of the key in `Authorization`.
    pub key_prefix: &'static str,
    /// How files are hashed for the duplicate check; `None` if it is off.
    pub duplicates: Option<HashAlgorithm>,
    /// The lifetime to request for links, hours; `None` requests none, which gives 12.
    pub url_hours: Option<u32>,
    /// Whether and how a file becomes a video.
    pub encode: Option<Encode>,
    /// Whether its storage's ETags can be compared.
    pub etag_is_md5: bool,
}

impl Settings {
    /// Reads the settings; unset ones get their default.
    ///
    /// # Errors
    /// [`SettingsError`] if a field is missing or cannot be used.
    pub fn read(settings: &Value) -> Result<Self, SettingsError> {
        let url = typed::text(settings, "url")?.ok_or_else(|| {
            SettingsError::new("url", "Gjirafa gives each customer an address for its API. Enter it here.")
        })?;
        Ok(Self {
            project: endpoint(&base_url(&url)?, &["api", "projects", &project(settings)?]),
            key_prefix: match typed::choice(settings, "auth", AUTH)? {
                "bearer" => "Bearer ",
                "token" => "Token ",
                "apikey" => "ApiKey ",
                "basic" => "Basic ",
                _ => "",
            },
            duplicates: match typed::choice(settings, "duplicates", DUPLICATES)? {
                "md5" => Some(HashAlgorithm::Md5),
                "sha1" => Some(HashAlgorithm::Sha1),
                "sha256" => Some(HashAlgorithm::Sha256),
                _ => None,
            },
            url_hours: url_hours(settings)?,
            encode: encode(settings)?,
            etag_is_md5: etag_is_md5(settings)?,
        })
    }

    /// Checks that a file's fields have an effect: only videos have a title.
    pub(crate) fn shows(&self, fields: &Fields) -> Result<(), Wrong> {
        if fields.title.is_none() || self.encode.is_some() {
            return Ok(());
        }
        let said = "Gjirafa gives a title to registered videos only. Switch “Register as a video” on, or leave the title empty";
        Err(("title", said.to_owned()))
    }

    pub(crate) const fn key_header(&self) -> KeyHeader {
        KeyHeader { name: AUTHORIZATION, prefix: self.key_prefix }
    }
}

fn project(settings: &Value) -> Result<String, SettingsError> {
    let wrong = |sentence: &str| SettingsError::new("project", sentence);
    let id = typed::text(settings, "project")?.ok_or_else(|| {
        wrong("Files go to a project. Enter its id; it stands in the platform's addresses.")
    })?;
    // It becomes one path segment, where dots would lead elsewhere (RFC 3986, 5.2.4).
    if id.contains(['/', '?', '#', '\\', ' ']) || id.starts_with('.') {
        return Err(wrong("This is the project's id alone, not its address."));
    }
    Ok(id)
}

fn url_hours(settings: &Value) -> Result<Option<u32>, SettingsError> {
    let Some(typed) = typed::text(settings, "url_hours")? else { return Ok(None) };
    let hours = typed.parse().ok().filter(|hours| (1..=MOST_HOURS).contains(hours));
    let sentence =
        || format!("Links live 1 to {MOST_HOURS} whole hours. Leave it empty for Gjirafa's own 12.");
    hours.map(Some).ok_or_else(|| SettingsError::new("url_hours", sentence()))
}

fn encode(settings: &Value) -> Result<Option<Encode>, SettingsError> {
    let wrong = |sentence: &str| SettingsError::new("callback", sentence);
    let author = typed::text(settings, "author")?;
    let callback = typed::text(settings, "callback")?;
    if let Some(callback) = &callback {
        let web = Url::parse(callback).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !web {
            return Err(wrong("This is not a web address. It begins with https:// and names a host."));
        }
    }
    if !typed::switch(settings, "encode")? {
        return Ok(None);
    }
    let callback = callback.ok_or_else(|| {
        wrong("Gjirafa registers no video without an address to call when it is encoded. Enter one.")
    })?;
    Ok(Some(Encode { callback, author }))
}
