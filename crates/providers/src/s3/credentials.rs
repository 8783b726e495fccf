//! The access key id, its secret and a session token, checked as far as their form is certain.

use partway_core::{ApiKey, Credentials, Failure};
use partway_http::without_key;

use crate::SettingsError;
use crate::key::no_token;

/// Prefixes of AWS access key ids: long-term and temporary (AWS IAM, "IAM identifiers", table of unique id
/// prefixes).
const USERS: &str = "AKIA";
const LENT: &str = "ASIA";

/// The credentials that sign requests.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) key: ApiKey,
    pub(crate) secret: ApiKey,
    pub(crate) token: Option<ApiKey>,
}

impl Pair {
    /// Reads the pair, without the whitespace that copying leaves around it.
    pub(crate) fn read(credentials: &Credentials) -> Result<Self, SettingsError> {
        let trimmed = |key: &ApiKey| ApiKey::new(key.expose().trim());
        let key = trimmed(&credentials.key);
        let secret = credentials.secret.as_ref().map(trimmed);
        let token =
            credentials.session_token.as_ref().map(trimmed).filter(|token| !token.expose().is_empty());

        no_token(&key, "S3")?;
        let Some(secret) = secret.filter(|secret| !secret.expose().is_empty()) else {
            let sentence = if is_secret(&key) {
                "This is the secret. The access key id stands beside it where you found it, and begins with AKIA."
            } else {
                "The secret access key is missing. It is shown once, when the key is made; make a new one if it is lost."
            };
            return Err(SettingsError::new(if is_secret(&key) { "key" } else { "secret" }, sentence));
        };
        if key.expose().is_empty() {
            return Err(SettingsError::new("key", "The access key id is missing."));
        }
        // The two may be equal: many test servers use `minioadmin` for both.
        if is_secret(&key) && key.expose().contains(['+', '/']) && !is_id(&secret) {
            let sentence = "This is a secret. The access key id stands beside it where you found it.";
            return Err(SettingsError::new("key", sentence));
        }
        if is_id(&secret) && !is_id(&key) {
            let sentence = "Access key id and secret are the wrong way round: this is the id.";
            return Err(SettingsError::new("secret", sentence));
        }
        if is_id(&secret) {
            let sentence = "This is an access key id again. The secret is the longer one of the two.";
            return Err(SettingsError::new("secret", sentence));
        }
        if !key.expose().chars().all(|c| c.is_ascii_graphic()) {
            let sentence = "An access key id is one word without blanks. Copy it again.";
            return Err(SettingsError::new("key", sentence));
        }
        if is_id(&key) && key.expose().starts_with(LENT) && token.is_none() {
            let sentence =
                "This key is lent for a while (it begins with ASIA) and works only with its session token.";
            return Err(SettingsError::new("session_token", sentence));
        }
        Ok(Self { key, secret, token })
    }
}

impl Pair {
    /// Removes credentials from the storage's words, which may repeat them.
    pub(crate) fn hidden(&self, failure: Failure) -> Failure {
        let all = [Some(&self.key), Some(&self.secret), self.token.as_ref()];
        all.into_iter().fold(failure, without_key)
    }
}

/// Whether it is certainly an AWS access key id: 20 capitals and digits with a known prefix.
fn is_id(text: &ApiKey) -> bool {
    let text = text.expose();
    text.len() == 20
        && (text.starts_with(USERS) || text.starts_with(LENT))
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether it looks like an AWS secret: 40 characters of Base64, which no key id has.
fn is_secret(text: &ApiKey) -> bool {
    let text = text.expose();
    text.len() == 40
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}
