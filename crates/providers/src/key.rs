//! Rejects keys that cannot be sent or are plainly another service's, before anything is sent. Only certain
//! cases count.

use base64::Engine as _;
use partway_core::ApiKey;
use serde_json::Value;

use crate::setting::SettingsError;

/// Checks a key for `vendor`.
///
/// # Errors
/// [`SettingsError`] if it is plainly something else: an AWS access key id (`AKIA…` and `ASIA…`, 20 letters
/// and digits, AWS "IAM identifiers"), a web address, the text of a certificate or of a private key; or
/// anything that a header cannot carry (RFC 9110, 5.5) and no vendor's key contains.
pub(crate) fn not_of_another(key: &ApiKey, vendor: &str) -> Result<(), SettingsError> {
    let key = key.expose().trim();
    let aws = key.len() == 20
        && (key.starts_with("AKIA") || key.starts_with("ASIA"))
        && key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let what = if aws {
        "an access key id of AWS"
    } else if key.starts_with("https://") || key.starts_with("http://") {
        "a web address"
    } else if key.starts_with("-----BEGIN") {
        "a certificate or a private key"
    } else if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let sentence =
            "This is not a key: it holds spaces, line breaks or letters that no key has. Copy it again.";
        return Err(SettingsError::new("key", sentence));
    } else {
        return Ok(());
    };
    Err(SettingsError::new("key", format!("This is {what}, not a key of {vendor}. Copy the key from there.")))
}

/// Checks a key for `vendor`, whose keys are not JSON Web Tokens.
///
/// # Errors
/// [`SettingsError`] if it is one, judged by its header, which names the algorithm (RFC 7515, 4.1.1).
pub(crate) fn no_token(key: &ApiKey, vendor: &str) -> Result<(), SettingsError> {
    let header = key.expose().trim().split('.').next().unwrap_or_default();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header.trim_end_matches('='));
    let header: Option<Value> = header.ok().and_then(|header| serde_json::from_slice(&header).ok());
    if is_jwt(key) && header.is_some_and(|header| header["alg"].is_string()) {
        let sentence =
            format!("This is a token (a JSON Web Token), not a key of {vendor}. Copy the key from there.");
        return Err(SettingsError::new("key", sentence));
    }
    Ok(())
}

/// Whether it has the form of a JSON Web Token (RFC 7515, 7.1): three parts in base64url, separated by dots.
pub(crate) fn is_jwt(key: &ApiKey) -> bool {
    let parts: Vec<_> = key.expose().trim().split('.').collect();
    let base64url = |part: &&str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='))
    };
    parts.len() == 3 && parts.iter().all(base64url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_others_are_told_and_only_what_is_certain_counts() {
        for (key, told) in [
            ("AKIAIOSFODNN7EXAMPLE", true),
            ("ASIAIOSFODNN7EXAMPLE", true),
            ("https://api.example/key", true),
            ("-----BEGIN PRIVATE KEY-----", true),
            ("two words", true),
            ("line\nbreak", true),
            ("schlüssel", true),
            ("AKIAIOSFODNN7EXAMPLEX", false),
            ("AKIAiosfodnn7example", false),
            ("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", false),
            ("hunter2", false),
        ] {
            assert_eq!(not_of_another(&ApiKey::new(key), "Acme").is_err(), told, "{key}");
        }
    }

    #[test]
    fn a_token_is_known_by_the_algorithm_that_it_names() {
        for (key, told) in [
            ("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", true),
            (" eyJhbGciOiJIUzI1NiJ9.e30.c2ln\n", true),
            ("e30.e30.c2ln", false),
            ("live.v1.c2ln", false),
            ("eyJhbGciOiJIUzI1NiJ9", false),
        ] {
            assert_eq!(no_token(&ApiKey::new(key), "Acme").is_err(), told, "{key}");
        }
    }

    #[test]
    fn a_token_has_three_parts() {
        for (key, jwt) in [
            ("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", true),
            ("a.b.c", true),
            ("a.b", false),
            ("a..c", false),
            ("a.b.c.d", false),
            ("pass word.b.c", false),
            ("hunter2", false),
        ] {
            assert_eq!(is_jwt(&ApiKey::new(key)), jwt, "{key}");
        }
    }
}
