//! What a person typed, looked at before anything is sent.

use thiserror::Error;
use url::{Host, Url};

/// One field that cannot be used, with a sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{sentence}")]
pub struct SettingsError {
    /// Which field: its name in the settings.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl SettingsError {
    pub(crate) fn new(field: &'static str, sentence: impl Into<String>) -> Self {
        Self { field, sentence: sentence.into() }
    }

    pub(crate) fn unknown_kind(kind: &str) -> Self {
        let known: Vec<_> = crate::kinds().iter().map(|kind| kind.name).collect();
        Self::new("kind", format!("There is no kind “{kind}”. Choose one of: {}.", known.join(", ")))
    }
}

/// An API's base address, to which paths can be appended.
///
/// `http://` is accepted only for this computer: anywhere else the key would travel in clear.
pub(crate) fn base_url(text: &str) -> Result<Url, SettingsError> {
    address(
        text,
        Some(
            "With http:// your key would travel unencrypted. Use https://; http:// is only for this computer.",
        ),
    )
}

/// A server's address, with or without a path. `unencrypted` is the sentence for `http://` to another computer;
/// without one it is allowed.
pub(crate) fn address(text: &str, unencrypted: Option<&str>) -> Result<Url, SettingsError> {
    let wrong = |sentence: &str| SettingsError::new("url", sentence);
    let url = Url::parse(text.trim())
        .map_err(|_| wrong("This is not a web address. It begins with https:// and names a host."))?;
    if url.host().is_none() {
        return Err(wrong("The address names no host."));
    }
    match url.scheme() {
        "https" => {}
        "http" => match unencrypted {
            Some(sentence) if !is_this_computer(&url) => return Err(wrong(sentence)),
            _ => {}
        },
        _ => return Err(wrong("The address begins with https://.")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "The address holds a user name or password. Leave them out; the key goes beside it.",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("The address ends with its path: leave out what begins with ? or #."));
    }
    Ok(url)
}

/// Whether a host is this computer (RFC 6761, 6.3: every name under `localhost.` is).
fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// `base` with further path segments.
pub(crate) fn endpoint(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // Only addresses that cannot be a base (mailto:) have no segments, and `base_url` lets none through.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// Host and port, for permits and for words.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
