//! User-supplied root certificates: checked, and reduced to the certificates alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Longest text, bytes: more than any company's list of roots.
pub const MOST_ROOTS_TEXT: usize = 256 << 10;

/// The most roots: more than anyone has.
const MOST_ROOTS: usize = 32;

/// Why a text cannot be used as roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RootsError {
    /// No certificate in PEM form is in it.
    #[error("no certificate in PEM form is in it")]
    None,
    /// One is cut off or changed.
    #[error("a certificate in it is not whole")]
    Broken,
    /// Of another form than certificates that can be trusted have.
    #[error("a certificate in it has a form that cannot be used")]
    Unusable,
    /// A private key stands in it.
    #[error("a private key is in it")]
    PrivateKey,
    /// Too long, or too many.
    #[error("it is too long")]
    TooLong,
}

/// The certificates of a text, in PEM form without the surrounding text; each can be trusted as a root.
///
/// # Errors
/// [`RootsError`]. A private key among them is refused: it must not be stored here.
pub fn roots(text: &str) -> Result<String, RootsError> {
    if text.len() > MOST_ROOTS_TEXT {
        return Err(RootsError::TooLong);
    }
    if text.contains("PRIVATE KEY-----") {
        return Err(RootsError::PrivateKey);
    }
    let mut out = String::new();
    let mut store = RootCertStore::empty();
    for (number, found) in CertificateDer::pem_slice_iter(text.as_bytes()).enumerate() {
        let found = found.map_err(|_| RootsError::Broken)?;
        if number == MOST_ROOTS {
            return Err(RootsError::TooLong);
        }
        store.add(found.clone()).map_err(|_| RootsError::Unusable)?;
        out.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in STANDARD.encode(&found).as_bytes().chunks(64) {
            out.extend(line.iter().map(|byte| char::from(*byte)));
            out.push('\n');
        }
        out.push_str("-----END CERTIFICATE-----\n");
    }
    if out.is_empty() { Err(RootsError::None) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    fn certificate(name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let made = CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
        (made.pem(), key.serialize_pem())
    }

    #[test]
    fn certificates_are_kept_and_nothing_around_them() {
        let (one, two) = (certificate("a").0, certificate("b").0);
        let text = format!("\u{feff}subject=CN = a\r\n{}\r\nand\n\n{two}# end", one.replace('\n', "\r\n"));
        let kept = roots(&text).unwrap();
        assert_eq!(kept, roots(&format!("{one}{two}")).unwrap());
        assert_eq!(kept.matches("BEGIN CERTIFICATE").count(), 2);
        assert_eq!(roots(&kept).unwrap(), kept);
        assert!(!kept.contains("subject") && !kept.contains('\r'));
    }

    #[test]
    fn what_is_no_certificate_is_told_apart() {
        let (one, key) = certificate("a");
        let cut = &one[..one.len() / 2];
        let inner = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        for (text, told) in [
            ("", RootsError::None),
            ("/etc/ssl/ca.pem", RootsError::None),
            (cut, RootsError::Broken),
            (inner, RootsError::Unusable),
            (&format!("{one}{inner}"), RootsError::Unusable),
            (&format!("{one}{key}"), RootsError::PrivateKey),
            (&one.repeat(33), RootsError::TooLong),
            (&" ".repeat(MOST_ROOTS_TEXT + 1), RootsError::TooLong),
        ] {
            assert_eq!(roots(text).unwrap_err(), told, "{text}");
        }
    }
}
