//! Private certificate authorities that a destination's servers are trusted by, in addition to the system's.

use partway_http::{RootsError, roots};
use serde_json::Value;

use crate::setting::{Setting, SettingsError};

/// The setting's name.
const NAME: &str = "ca";

/// Every kind has it, because any may run behind a private server.
pub(crate) fn setting() -> Setting {
    Setting::lines(
        NAME,
        "Certificate authority",
        "For servers whose certificate only your organisation trusts: the certificate of the authority that signed it, as PEM. \
         The system's authorities stay trusted.",
        "-----BEGIN CERTIFICATE-----",
    )
    .advanced()
}

/// The certificates of these settings, as pure PEM; `None` if none were given.
///
/// # Errors
/// [`SettingsError`] if the text cannot be used.
pub fn ca(settings: &Value) -> Result<Option<String>, SettingsError> {
    let given = match &settings[NAME] {
        Value::Null => return Ok(None),
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => text,
        _ => return Err(SettingsError::new(NAME, "This is the text of a certificate.")),
    };
    roots(given).map(Some).map_err(|error| SettingsError::new(NAME, sentence(error)))
}

const fn sentence(error: RootsError) -> &'static str {
    match error {
        RootsError::None => {
            "There is no certificate in it. It begins with -----BEGIN CERTIFICATE-----; a file of another form (DER) has to be converted to \
             PEM first."
        }
        RootsError::Broken => {
            "A certificate in it is not whole. Copy it again, from its BEGIN line to its END line."
        }
        RootsError::Unusable => {
            "A certificate in it has a form that cannot be trusted. Ask whoever runs the server for the certificate of its authority."
        }
        RootsError::PrivateKey => {
            "A private key is in it, which belongs on the server alone. Give only the certificate."
        }
        RootsError::TooLong => {
            "These are more certificates than an authority has (at most 32, and 256 kB). Give only the authority of this server."
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Kinds;

    #[test]
    fn what_is_no_certificate_is_told_where_it_is_typed_at_every_kind() {
        for kind in Kinds::built_in().iter() {
            assert!(
                kind.about().settings.iter().any(|setting| setting.name == NAME && setting.advanced),
                "{}",
                kind.name()
            );
            let settings = json!({ "ca": "/etc/ssl/ca.pem", "bucket": "films", "url": "https://example.com", "project": "p" });
            let error = kind.validate(&settings).unwrap_err();
            assert_eq!(
                (&*error.field, error.sentence.as_str()),
                (NAME, sentence(RootsError::None)),
                "{}",
                kind.name()
            );
            let none =
                json!({ "ca": " \n", "bucket": "films", "url": "https://example.com", "project": "p" });
            assert_eq!(kind.validate(&none), Ok(()), "{}", kind.name());
        }
    }

    #[test]
    fn only_the_certificates_are_kept() {
        let key = rcgen::KeyPair::generate().unwrap();
        let pem =
            rcgen::CertificateParams::new(vec!["a".to_owned()]).unwrap().self_signed(&key).unwrap().pem();
        let typed = json!({ "ca": format!("subject = a\n{pem}rest"), "bucket": "films" });
        let kept = Kinds::built_in().named("s3").unwrap().amend(&typed).unwrap();
        assert_eq!(kept.settings["ca"], roots(&pem).unwrap());
        assert!(kept.said.is_empty());
        assert_eq!(ca(&kept.settings).unwrap(), Some(roots(&pem).unwrap()));
    }
}
